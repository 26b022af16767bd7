/** What this program uses of the module, which only the executable's runtime has. */
declare module 'bun:ffi' {
  export type Pointer = number & { readonly __brand: 'Pointer' };
  type Kind = 'i32' | 'u32' | 'ptr' | 'usize' | 'i64';
  type Arguments = readonly Kind[];
  export function dlopen<const N extends string>(
    library: string,
    functions: Readonly<Record<N, { readonly args: Arguments; readonly returns: Kind }>>,
  ): { readonly symbols: Readonly<Record<N, (...args: readonly (number | Pointer)[]) => number | bigint>> };
  export function ptr(bytes: Uint8Array): Pointer;
  export const read: { i32(pointer: Pointer, offset: number): number };
}
