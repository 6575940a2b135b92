// The cases of a select as an object of the user's: getters may run code, prototypes may add some.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel, select, trySelect } from "../../src/channel/mod.ts";
import { turn, V } from "./support.ts";

const test = suite("channel/select (cases)");

test("§1.5 select() and trySelect() read each case once, and first", async () => {
  const a = new Channel<number>(1);
  a.trySend(1);
  let reads = 0;
  const cases = {
    a,
    get b() {
      reads++;
      a.tryReceive();
      a.trySend(2);
      return a;
    },
  };
  assert.equal(trySelect(cases, { biased: true }), { case: "a", ...V(2) });
  assert.is(reads, 1);
  const inherited = Object.create({ a }) as { a: Channel<number> };
  a.trySend(3);
  assert.is(trySelect(inherited), undefined);
  assert.is(await Promise.race([select(inherited), turn().then(() => "waits")]), "waits");
});

test.run();
