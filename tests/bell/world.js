// A server, some tabs of one user and the network between them, for the property test.
// Nothing happens by itself: each line of the input is a list of what happens.
const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");

const [, , ...files] = process.argv;
const source = files.map((file) => readFileSync(file, "utf-8")).join("\n");
const { openStore, listOf } = new Function(
  `"use strict"; ${source}; return { openStore, listOf };`,
)();

const PAGE_SIZE = 3;

const makeWorld = () => {
  /** The server's messages, newest first. */
  const messages = [];
  const calls = []; // that are not answered
  const news = []; // that are not delivered
  const timers = new Set();
  const tabs = [];
  let now = 1000;
  let made = 0;
  let leader;
  let fastest = Infinity; // pause between two polls of a tab
  let isStrict = false; // nothing changes but by these tabs

  const unread = () => messages.filter(({ read }) => !read).length;

  const clock = {
    now: () => now,
    later: (work, pause) => {
      const timer = { work, at: now + pause };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };

  /** Ask the server; `work` is done when it gets to the call. */
  const call = (tab, work) =>
    new Promise((resolve, reject) =>
      calls.push({ tab, work, resolve, reject }),
    );

  const process_ = (call) => {
    if (call.isDone) return;
    call.isDone = true;
    call.result = JSON.parse(JSON.stringify(call.work()));
  };

  const asking = (tab) => ({
    unread: () => {
      fastest = Math.min(fastest, now - (tab.polledAt ?? -Infinity));
      tab.polledAt = now;
      return call(tab, () => ({ unread: unread() }));
    },
    load: (page) =>
      call(tab, () => ({
        messages: messages.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE),
        page,
        pages: Math.ceil(messages.length / PAGE_SIZE),
        unread: unread(),
      })),
    markRead: (ids) =>
      call(tab, () => {
        for (const message of messages) {
          if (!ids || ids.includes(message.id)) message.read = true;
        }
        return { unread: unread() };
      }),
  });

  const openTab = (at, knows) => {
    const tab = {};
    tab.store = openStore(
      { unread: knows ? unread() : null },
      asking(tab),
      (told) => {
        for (const other of tabs) {
          const copy = structuredClone(told);
          if (other !== tab) news.push({ from: tab, to: other, told: copy });
        }
      },
      ({ list }) => {
        // As the panel does.
        if (list) tab.store.list.isWatched = !!tab.isOpen && list.isLoaded;
      },
      clock,
    );
    tabs[at] = tab;
    if (leader === undefined || leader === at) lead(at);
  };

  const lead = (at) => {
    if (leader !== undefined) tabs[leader].store.lead(false);
    leader = at;
    tabs[at].store.lead(true);
  };

  /** A tab goes: what it asked still reaches the server, perhaps. */
  const closeTab = (at) => {
    const tab = tabs[at];
    tab.store.lead(false);
    for (const call of calls) if (call.tab === tab) call.isLost = true;
    for (const timer of [...timers])
      if (timer.tab === tab) timers.delete(timer);
  };

  const advance = (pause) => {
    if (pause >= 1000) while (news.length) steps.deliver(); // tabs are near
    now += pause;
    for (const timer of [...timers]) {
      if (timer.at > now || !timers.delete(timer)) continue;
      timer.work();
    }
  };

  const answer = (at, isGood) => {
    const [call] = calls.splice(at, 1);
    if (isGood) process_(call);
    if (call.isLost) return;
    if (isGood) call.resolve(call.result);
    else call.reject({});
  };

  const at = (list, index) => list[index % list.length];

  const steps = {
    arrive: () => messages.unshift({ id: "m" + made++, read: false }),
    expire: (index) =>
      messages.length && messages.splice(index % messages.length, 1),
    readElsewhere: (index) => {
      if (messages.length) at(messages, index).read = true;
    },
    open: (tab) => {
      const list = listOf(at(tabs, tab).store);
      at(tabs, tab).isOpen = true;
      list.refresh();
    },
    close: (tab) => {
      at(tabs, tab).isOpen = listOf(at(tabs, tab).store).isWatched = false;
    },
    more: (tab) => listOf(at(tabs, tab).store).loadMore(),
    mark: (tab, index) => {
      const list = listOf(at(tabs, tab).store);
      const shown = list.state()?.messages || [];
      if (shown.length) list.markRead([at(shown, index).id]);
    },
    markAll: (tab) => listOf(at(tabs, tab).store).markRead(null),
    process: (index) => calls.length && process_(at(calls, index)),
    answer: (index) => calls.length && answer(index % calls.length, true),
    fail: (index) => calls.length && answer(index % calls.length, false),
    deliver: () => {
      const first = news.shift();
      if (first && tabs.includes(first.to)) first.to.store.hear(first.told);
    },
    advance,
    lead: (tab) => lead(tab % tabs.length),
    want: (tab) => at(tabs, tab).store.want(),
    strict: async () => {
      await settle();
      isStrict = true;
    },
    reload: (tab, knows) => {
      closeTab(tab % tabs.length);
      openTab(tab % tabs.length, knows);
    },
  };

  openTab(0, true);
  openTab(1, true);

  /** What is wrong in a tab at any time. */
  const wrong = ({ store }) => {
    const { unread, list } = store.state();
    if (!list || !list.isLoaded || list.hasMore) return;
    const listed = list.messages.filter(({ read }) => !read).length;
    if (listed !== unread) return `badge ${unread}, list ${listed}`;
  };

  const settle = async () => {
    const tick = () => new Promise(setImmediate);
    for (let round = 0, turns = 0; round < 12; round++) {
      while (calls.length || news.length) {
        if (turns++ > 400) throw new Error("there is no end of calls");
        if (calls.length) answer(0, true);
        await tick();
        while (news.length) steps.deliver();
        await tick();
      }
      advance(130000);
      await tick();
    }
    while (calls.length) (answer(0, true), await tick());
    while (news.length) steps.deliver();
  };

  const run = async (happenings) => {
    for (const [name, ...rest] of happenings) {
      const done = steps[name](...rest);
      if (name === "strict") await done;
      await new Promise(setImmediate);
      for (const tab of tabs) {
        const problem = wrong(tab);
        if (problem) return `after ${name}: ${problem}`;
        const { unread: shown } = tab.store.state();
        const isQuiet = isStrict && !calls.length && !news.length;
        if (isQuiet && shown !== unread()) {
          return `after ${name}: ${shown} for ${unread()}`;
        }
      }
    }
    await settle();
    for (const [number, tab] of tabs.entries()) {
      const { unread: shown, list } = tab.store.state();
      const problem = wrong(tab);
      if (problem) return `at the end: ${problem}`;
      if (shown !== unread()) {
        return `tab ${number} shows ${shown}, the server has ${unread()}`;
      }
      if (list?.isLoading) return `tab ${number} is loading for ever`;
    }
    if (fastest < 5000) return `polled after ${fastest} ms`;
    return "";
  };
  return { run };
};

const main = async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    const ended = makeWorld().run(JSON.parse(line)).catch(String);
    console.log(JSON.stringify(await ended));
  }
};
main();
