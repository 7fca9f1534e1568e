"""The shortener: what it leaves does the same."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from flask_app_inbox.web.shorten import shorten
from tests.fixtures.programs import find_program

#: Scripts whose last value tells whether they still do what they did.
SCRIPTS = {
    "properties": "const size = { width: 2, height: 3 }; size.width * size.height;",
    "shorthand": "const width = 2; const box = { width }; box.width;",
    "patterns": "const f = ({ width, height = 4, ...others }) => "
    "width + height + others.depth; f({ width: 1, depth: 2 });",
    "text": """const word = "const word = 'word';"; word;""",
    "templates": "const n = 2; const t = `n ${n + `${n}`.length} \\` n`; t;",
    "regular expressions": 'const name = /[/"]name/.test("/name"); name;',
    "division": "const ten = 10; const two = 2; ten / two / 1;",
    "signs": "const a = 1; const b = a - -a; const c = b + +b; c;",
    "keywords": "const f = (x) => { if (x) return true; else return undefined; };"
    " [f(1), typeof f(0)];",
    "classes": "class Box { size; constructor(given) { this.size = given; }"
    " twice() { return this.size * 2; } } new Box(4).twice();",
    "methods named as variables": "const twice = 3; class Box { twice() { return 7; } }"
    " new Box().twice() + twice;",
    "methods of all kinds": "class Box { static make() { return new Box(); }"
    " get size() { return 2; } async wait() { return 3; } }"
    " Box.make().size + typeof Box.make().wait;",
    "loops": "let sum = 0; for (const [key, value] of Object.entries({ a: 1, b: 2 }))"
    " sum += value; for (let at = 0; at < 3; at++) sum += at; sum;",
    "declarations in blocks": "let first = 1; { let first = 2; let second = first; }"
    " let third = first; third;",
    "comments": "// const x = 1;\nconst x = 2; /* const x = 3; */ x;",
    "ternaries": "const yes = true; const one = 1; const two = 2;"
    " const f = () => { const it = yes ? one : two; return it; }; f();",
    "optional chains": "const box = { inner: null }; const inner = box?.inner?.inner;"
    " inner ?? 'none';",
    "functions in functions": "const f = (first) => { const g = (second) => first +"
    " second; const h = (third) => { const fourth = third * 2; return g(fourth); };"
    " return h(first); }; f(3);",
    "blocks": "let sum = 0; const twice = (given) => { const two = 2; for (const one of"
    " given) { const more = one * two; sum += more; } { const less = 1; sum -= less; }"
    " return sum; }; twice([1, 2]);",
    "parameters in patterns": "const f = ({ deep: { unused }, given }) => { const own ="
    " given + 1; return own; }; f({ deep: {}, given: 1 });",
    "parentheses": "const box = { inner: 3 }; const f = async (one) => one;"
    " const inner = (box.inner); const twice = (given) => (given) * 2;"
    " if (inner) twice((inner)) + 1;",
    "numbers": "const all = [30000, 10_000, 1.000, 0, 1000, 123000, 100];"
    " all.reduce((sum, one) => sum + one);",
    "constants": "const PAUSE = 1000; const TWO = 2; const f = () => -PAUSE / TWO;"
    " const g = (given = TWO) => given - TWO; f() + g();",
    "constants and properties": "const WIDTH = 2; const box = { WIDTH: 3, deep: {"
    " WIDTH } }; box.WIDTH + box.deep.WIDTH + WIDTH;",
    "constants of one name": "const f = () => { const ONE = 1; return ONE; };"
    " const g = () => { const ONE = 2; return ONE; }; f() - g();",
    "methods": "const box = { one: 1, two(given) { return given + 1; } }; box.two(1);",
    "operators around names": "class One {} const one = new One(); const is ="
    " !(one instanceof One); const keys = ('one' in { one }); is || keys;",
    "properties that nobody else sees": "const store = { base: 1, moves: 2 };"
    " const { base, moves: were } = store; const moves = were; const more = { moves };"
    " class Part { later; constructor() { this.later = 4; }"
    " take() { return this.later; } }"
    " [base + store.moves + more.moves, new Part().take(), Object.keys(store).length];",
    "rest": "const all = [1, 2]; const more = [...all, 3]; more.length;",
}


#: Runs each script on its own and tells its last value, or why it has none.
RUN = """const run = (source) => {
  try { return [require("vm").runInNewContext(source)]; }
  catch (error) { return String(error); }
};
const scripts = JSON.parse(require("fs").readFileSync(0, "utf-8"));
console.log(JSON.stringify(scripts.map(run)));"""


@pytest.fixture(scope="module")
def values() -> dict[str, tuple[object, object]]:
    """What each script comes to: as it is written, and short."""
    node = find_program("nodejs", "node")
    sources = [*SCRIPTS.values()]
    scripts = json.dumps([*sources, *map(shorten, sources)])
    done = subprocess.run(
        [node, "-e", RUN], input=scripts, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    pairs = zip(told, told[len(sources) :], strict=False)
    return dict(zip(SCRIPTS, pairs, strict=True))


@pytest.mark.parametrize("what", SCRIPTS)
def test_a_shorter_script_does_the_same(
    what: str, values: dict[str, tuple[object, object]]
) -> None:
    written, short = values[what]
    assert isinstance(written, list), written
    assert short == written
    assert len(shorten(SCRIPTS[what])) <= len(SCRIPTS[what])


def test_names_and_blanks_are_short() -> None:
    source = "const answer = (question) => {\n  return question + question;\n};\n"
    assert shorten(source) == "let t=e=>{return e+e};"


def test_what_a_module_exports_keeps_its_name() -> None:
    source = "const openDoor = 1;\nexport default { openDoor };\n"
    assert shorten(source) == "let e=1;export default{openDoor:e};"
    source = "const openDoor = 1;\nexport { openDoor };\n"
    assert shorten(source) == "let e=1;export{e as openDoor};"


def test_a_property_is_as_short_in_each_script() -> None:
    [one] = re.findall(r"[(]e=>e[.](\w+)[)]", shorten("((given) => given.refuse)();"))
    [other] = re.findall(r"[.](\w+)", shorten("const given = {}; given.refuse = 1;"))
    assert len(one) == 1
    assert one == other


def test_functions_apart_share_their_short_names() -> None:
    source = "const one = (first) => first;\nconst two = (second) => second;\n"
    assert shorten(source) == "let t=e=>e,n=e=>e;"
