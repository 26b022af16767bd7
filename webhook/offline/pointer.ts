/** The fields and indices of a JSON Pointer (RFC 6901). */
export function readPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The same as a person writes it: `spec.initContainers[0]`. */
export function fieldOf(pointer: string): string {
  const words = readPointer(pointer).map((token) =>
    /^[A-Za-z]\w*$/.test(token) ? `.${token}` : `[${token}]`,
  );
  return words.join('').replace(/^\./, '') || 'the object';
}
