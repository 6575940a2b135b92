// Values that were made to throw whenever somebody looks at them. JavaScript lets one throw those.

function trap(): never {
  throw new Error("Somebody looked");
}

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

/** Each with what it is. */
export const HOSTILE: readonly (readonly [what: string, value: unknown])[] = [
  ["a proxy that throws", new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap })],
  ["a proxy that was revoked", revoked],
  ["an object that no one can print", { [Symbol.for("nodejs.util.inspect.custom")]: trap }],
  ["an error whose message throws", Object.defineProperty(new Error(), "message", { get: trap })],
  ["an error whose code throws", Object.defineProperty(new Error(), "code", { get: trap })],
];
