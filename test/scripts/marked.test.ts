// What stands between two marks of a page.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { marked, withMarked } from "../../scripts/marked.ts";
import { thrown } from "../frame/support.ts";

const test = suite("scripts/marked");

const PAGE =
  "a\n<!-- run: begin -->\nold\n<!-- run: end -->\nb\n<!-- go: begin --><!-- go: end -->";

test("withMarked() replaces what is between the marks of a command, and nothing else", () => {
  const page = withMarked(PAGE, "run", "new\ntable");
  assert.is(page, PAGE.replace("old", "\nnew\ntable\n"));
  assert.is(withMarked(page, "run", "new\ntable"), page);
  assert.is(marked(page, "run"), "new\ntable");
  assert.is(marked(page, "go"), "");
});

test("without the marks, or with the last one first, both throw", () => {
  for (const page of ["", "<!-- run: begin -->", "<!-- run: end --><!-- run: begin -->"]) {
    const error = thrown(() => withMarked(page, "run", "new"));
    const marks = "<!-- run: begin --> ... <!-- run: end -->";
    assert.match(String(error), `Cannot write: ${marks} is missing`);
    assert.match(String(thrown(() => marked(page, "run"))), "is missing");
  }
});

test.run();
