// What the bells' script gets when somebody is about to open the panel.
// @ts-expect-error They are in the scripts before this one.
export { openPanel, listOf };
