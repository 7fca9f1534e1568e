// What the bells' script gets when somebody is about to open the panel.
export default { openPanel, listOf };
