// A turn of the event loop: not time, but a chance for others. A test runner that fakes time puts
// something in place of `setImmediate` that waits for the test to go on; here is the real one, as
// it was when this module was loaded: under faked time, too, bytes move and answers come.

export const setImmediate: typeof globalThis.setImmediate = globalThis.setImmediate;
