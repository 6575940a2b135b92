// `Date` as it would be if somebody set the clock of the machine, which needs rights that a test
// has not got. For processes of their own: nothing takes it back.

const RealDate = Date;

/** From now on the wall clock of this process is wrong by so many milliseconds. */
export function setWallClock(shiftMs: number): void {
  const now = (): number => RealDate.now() + shiftMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}
