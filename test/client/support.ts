// What the tests of a client that does not get its connection share.

import * as assert from "uvu/assert";
import { dial } from "../../src/client/dial.ts";
import { OpeningError } from "../../src/client/opening_error.ts";
import { closed, FakeServer } from "../support/fake_server.ts";
import type { Answer } from "../support/fake_server.ts";
import { rejects } from "../support/rejects.ts";

/** The error with which dialling fails when the server answers so. */
export async function failure(answer: Answer): Promise<OpeningError> {
  await using server = await FakeServer.start(answer);
  const error = await rejects(dial(`ws://127.0.0.1:${server.port}/chat`));
  assert.ok(error instanceof OpeningError, String(error));
  await closed(server.sockets[0]); // nothing is left open
  return error;
}
