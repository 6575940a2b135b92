// What a client that asks is told, by what it knows already.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ChangingValue } from "../../../scripts/pull_and_push/value.ts";

const test = suite("scripts/pull_and_push/value");

test("ChangingValue answers with itself, its tag and its length", () => {
  const value = new ChangingValue();
  const { status, headers, text } = value.answer(null);
  assert.is(status, 200);
  assert.is(headers["ETag"], '"0"');
  assert.is(headers["Content-Length"], String(Buffer.byteLength(text ?? "")));
  assert.is((JSON.parse(text ?? "") as { readonly version: number }).version, 0);
});

test("ChangingValue answers 304 to its own tag, and 200 to that of an older value", () => {
  const value = new ChangingValue();
  assert.is(value.answer('"0"').status, 304);
  assert.is(value.answer('"0"').text, null);
  value.change();
  assert.is(value.answer('"0"').status, 200);
});

test("ChangingValue holds an answer until it has a value that is new to the client", async () => {
  const value = new ChangingValue();
  assert.is((await value.nextAnswer(null)).status, 200);
  const next = value.nextAnswer('"0"');
  value.change();
  const { status, headers } = await next;
  assert.is(status, 200);
  assert.is(headers["ETag"], '"1"');
});

test.run();
