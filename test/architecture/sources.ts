import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export const rooms = ['settings', 'proxy', 'webhook', 'init'] as const;

export interface Import {
  /** A path from the root of the repository for a file of ours, otherwise the name of a module. */
  readonly target: string;
  /** `type`: erased before anything runs. `dynamic`: loaded when that line is reached. */
  readonly kind: 'static' | 'type' | 'dynamic';
}

export interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** Every product file. */
export function readSources(): Source[] {
  const paths = rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => posix.join(room, path)),
  );
  return paths.sort().map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, lines: text.trimEnd().split('\n').length, imports: findImports(path, text) };
  });
}

const statement = /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const call = /\bimport\(\s*(?:['"]([^'"]+)['"]|[^)'"]*)/g;

/** @throws where a dynamic import has a computed name: nobody could follow it. */
export function findImports(path: string, text: string): Import[] {
  const resolve = (name: string): string =>
    name.startsWith('.') ? posix.join(posix.dirname(path), name) : name;
  const statements = [...text.matchAll(statement)].map(
    ([, type, name = '']): Import => ({ target: resolve(name), kind: type ? 'type' : 'static' }),
  );
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const calls = [...code.matchAll(call)].map(([, name]): Import => {
    if (name === undefined) throw new Error(`${path}: a dynamic import without a literal name`);
    return { target: resolve(name), kind: 'dynamic' };
  });
  // Bun's interface is a global name: whoever uses it reaches for a module all the same.
  const globals: Import[] = /\bBun\./.test(code) ? [{ target: 'bun', kind: 'static' }] : [];
  return [...statements, ...calls, ...globals];
}
