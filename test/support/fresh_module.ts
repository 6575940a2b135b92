// A module that looks at the platform when it is loaded, loaded once more on another platform.

let copies = 0;

/** A copy of the module `path` below src, as "frame/simd", with a state of its own. */
export async function freshModule(path: string): Promise<unknown> {
  const address = new URL(`../../src/${path}.js?copy=${++copies}`, import.meta.url);
  return await import(address.href);
}
