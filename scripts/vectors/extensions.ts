// The grammar of Sec-WebSocket-Extensions: §9.1. A list of tokens with parameters, whose values may
// be quoted and must be tokens all the same.

import { rfc6455 } from "./vector.ts";
import type { Vector, VectorFile } from "./vector.ts";

const SECTION = rfc6455("9.1");

/** [name, [parameter, value], ...]; a value that is `null` is not there. */
type Extension = readonly [name: string, ...parameters: (readonly [string, string | null])[]];

function good(what: string, header: string, ...extensions: Extension[]): Vector {
  const expected = extensions.map(([name, ...parameters]) => ({ name, parameters }));
  return { what, section: SECTION, header, expect: { extensions: expected } };
}

/** `offset`: the first character that no right header can have there; the length, where it ends. */
function bad(what: string, header: string, offset: number): Vector {
  return { what, section: SECTION, header, expect: { error: "EXTENSIONS_INVALID", offset } };
}

const EMPTY =
  "The grammar wants one extension at least; empty items are left out: RFC 9110 §5.6.1.";

const GOOD: readonly Vector[] = [
  good("One name.", "foo", ["foo"]),
  good("The first example.", "deflate-stream", ["deflate-stream"]),
  good(
    "The second example.",
    "mux; max-channels=4; flow-control, deflate-stream",
    ["mux", ["max-channels", "4"], ["flow-control", null]],
    ["deflate-stream"],
  ),
  good("The third example.", "private-extension", ["private-extension"]),
  good("A parameter without a value.", "a; b", ["a", ["b", null]]),
  good("A parameter with a value.", "a; b=10", ["a", ["b", "10"]]),
  good("A quoted value is the same.", 'a; b="10"', ["a", ["b", "10"]]),
  good("A quoted value with an escape.", 'a; b="1\\0"', ["a", ["b", "10"]]),
  good("A quoted value that is all escapes.", 'a; b="\\1\\0"; c', ["a", ["b", "10"], ["c", null]]),
  good("A parameter that comes twice stays twice.", "a; b; b=1", ["a", ["b", null], ["b", "1"]]),
  good("An extension that comes twice stays twice.", "a, a; b", ["a"], ["a", ["b", null]]),
  good("No white space.", "a;b=c,d", ["a", ["b", "c"]], ["d"]),
  good("White space wherever it may be.", " \ta ;\tb\t=\tc \t, d ", ["a", ["b", "c"]], ["d"]),
  good("Case is kept.", "A; B=C", ["A", ["B", "C"]]),
  good("Every mark that a token may have.", "!#$%&'*+-.^_`|~", ["!#$%&'*+-.^_`|~"]),
  good("Names that objects of JavaScript have.", "__proto__; constructor=1", [
    "__proto__",
    ["constructor", "1"],
  ]),
  good("The offer of a browser.", "permessage-deflate; client_max_window_bits", [
    "permessage-deflate",
    ["client_max_window_bits", null],
  ]),
  ...[
    good("Nothing.", ""),
    good("A comma.", ","),
    good("Commas and white space.", " ,\t, "),
    good("An empty item before.", ",a", ["a"]),
    good("An empty item behind.", "a,", ["a"]),
    good("Empty items between.", "a,, ,b", ["a"], ["b"]),
  ].map((vector) => ({ ...vector, note: EMPTY })),
];

const BAD: readonly Vector[] = [
  bad("An equals sign first.", "=1", 0),
  bad("A semicolon first.", ";", 0),
  bad("A quoted name.", '"a"', 0),
  bad("A name beyond ASCII.", "\xe9", 0),
  bad("A name with a slash.", "a/b", 1),
  bad("A name with a zero byte.", "a\0", 1),
  bad("A no-break space is no white space.", "a\xa0", 1),
  bad("A name with a value.", "a=1", 1),
  bad("Two names without a comma.", "a b", 2),
  bad("A semicolon and no parameter.", "a;", 2),
  bad("A semicolon and white space.", "a; ", 3),
  bad("A semicolon and the next extension.", "a; ,b", 3),
  bad("Two semicolons.", "a;;b", 2),
  bad("A parameter without a name.", "a;=c", 2),
  bad("A quoted parameter.", 'a;"b"', 2),
  bad("Two parameters without a semicolon.", "a;b c", 4),
  bad("An equals sign and no value.", "a;b=", 4),
  bad("An equals sign and the next extension.", "a;b=,c", 4),
  bad("Two equals signs.", "a;b==c", 4),
  bad("Two values.", "a;b=c d", 6),
  bad("A quote that does not end.", 'a;b="c', 6),
  bad("A quote and nothing.", 'a;b="', 5),
  bad("An escape and nothing.", 'a;b="\\', 6),
  bad("An empty quoted value is no token.", 'a;b=""', 5),
  bad("A quoted space.", 'a;b="x y"', 6),
  bad("A quoted comma.", 'a;b="x,y"', 6),
  bad("A quoted quote.", 'a;b="\\""', 6),
  bad("A value behind a quoted one.", 'a;b="c"d', 7),
  bad("A bad extension behind a good one.", "a,,b c", 5),
];

export const extensions: VectorFile = {
  name: "extensions",
  kind: "extensions",
  about: "Values of Sec-WebSocket-Extensions, and what they list.",
  vectors: [...GOOD, ...BAD],
};
