import { expect } from 'chai';
import { findImports, readSources, rooms, type Source } from './sources.ts';

const sources = readSources();

/** What may reach for the outside. All other product files are pure: plain data in, plain data out. */
const shell = [
  'webhook/main.ts',
  'webhook/commands/',
  'webhook/server/',
  'webhook/cluster/',
  'webhook/certificates/folder.ts',
  'init/main.ts',
  'init/host.ts',
  'init/process.ts',
  'init/iptables/kernel.ts',
  'init/lock.ts',
  'init/termination-log.ts',
  'init/trace/dump-file.ts',
  'init/validate/libc.ts',
  'init/validate/stage.ts',
];

/** Types alone, of all of Envoy's API. */
const generated = 'proxy/envoy-api.ts';

const inShell = (path: string): boolean =>
  shell.some((entry) => (entry.endsWith('/') ? path.startsWith(entry) : path === entry));

const outside = [
  /^bun(:|$)/,
  /^(node:)?(fs|child_process|http|https|http2|tls|dgram|cluster|worker_threads)(\/|$)/,
  /^(express|execa|pino|commander|prom-client|@kubernetes\/client-node)(\/|$)/,
];

/** The direction of imports between rooms. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  settings: [],
  proxy: ['settings'],
  init: ['settings'],
  webhook: ['settings', 'proxy'],
};

const roomOf = (path: string): string => path.split('/', 1)[0] ?? '';
const isOurs = (target: string): boolean => target.endsWith('.ts') || target.endsWith('.json');

describe('the reader of imports', () => {
  it('sees every way to write one', () => {
    const text = [
      "import a from 'a';",
      "import { b,\n  c } from '../b.ts';",
      "import type { D } from './d.ts';",
      "import { type E, f } from './e.ts';",
      "import 'g';",
      "export { h } from './h.ts';",
      "export * from './i.ts';",
      "import j from '../j.json' with { type: 'json' };",
      "const k = await import('./k.ts');",
      "// const no = await import('./no.ts');",
      "const text = 'from nowhere';",
    ].join('\n');
    expect(findImports('room/x/file.ts', text)).to.deep.equal([
      { target: 'a', kind: 'static' },
      { target: 'room/b.ts', kind: 'static' },
      { target: 'room/x/d.ts', kind: 'type' },
      { target: 'room/x/e.ts', kind: 'static' },
      { target: 'g', kind: 'static' },
      { target: 'room/x/h.ts', kind: 'static' },
      { target: 'room/x/i.ts', kind: 'static' },
      { target: 'room/j.json', kind: 'static' },
      { target: 'room/x/k.ts', kind: 'dynamic' },
    ]);
  });

  it('refuses a dynamic import that it cannot follow', () => {
    expect(() => findImports('a.ts', 'await import(name)')).to.throw('without a literal name');
  });

  it('finds files and imports in every room', () => {
    for (const room of rooms) {
      const files = sources.filter(({ path }) => roomOf(path) === room);
      expect(files.length, room).to.be.above(5);
      expect(files.flatMap(({ imports }) => imports).length, room).to.be.above(5);
    }
  });
});

describe('the architecture', () => {
  for (const { path, imports, lines } of sources) {
    if (!inShell(path)) {
      it(`keeps ${path} pure`, () => {
        const impure = imports.filter(({ target }) => outside.some((pattern) => pattern.test(target)));
        expect(impure).to.deep.equal([]);
      });
    }

    it(`lets ${path} import along the arrows only`, () => {
      const allowed = [roomOf(path), ...(arrows[roomOf(path)] ?? [])];
      const ours = imports.map(({ target }) => target).filter(isOurs);
      const against = ours.filter((target) => target !== 'package.json' && !allowed.includes(roomOf(target)));
      expect(against).to.deep.equal([]);
      if (ours.includes('package.json')) expect(path).to.match(/^(webhook|init)\/main\.ts$/);
    });

    if (path !== generated) {
      it(`keeps ${path} short`, () => {
        expect(lines).to.be.at.most(250);
      });
    }
  }

  it('has no file in the shell that could be pure', () => {
    const files = shell.filter((entry) => entry.endsWith('.ts'));
    for (const file of files) {
      const source = sources.find(({ path }) => path === file);
      const impure = source?.imports.some(({ target }) => outside.some((pattern) => pattern.test(target)));
      expect(impure, file).to.equal(true);
    }
    for (const folder of shell.filter((entry) => entry.endsWith('/'))) {
      expect(
        sources.some(({ path }) => path.startsWith(folder)),
        folder,
      ).to.equal(true);
    }
  });

  it('leaves nothing of what is generated when it runs', () => {
    const importing = sources.flatMap(({ imports }) => imports.filter(({ target }) => target === generated));
    expect(importing.length).to.be.above(5);
    expect(importing.filter(({ kind }) => kind !== 'type')).to.deep.equal([]);
  });

  it('imports files that exist, and no test', () => {
    const known = new Set([...sources.map(({ path }) => path), 'package.json']);
    const missing = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => isOurs(target) && !known.has(target))
        .map(({ target }) => [path, target]),
    );
    expect(missing).to.deep.equal([]);
  });
});

/** Every module that starting with `entry` loads, files of ours included; each with the file that asks for it. */
function loadedBy(entry: string): Map<string, string> {
  const byPath = new Map(sources.map((source): [string, Source] => [source.path, source]));
  const loaded = new Map([[entry, '']]);
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    for (const { target, kind } of byPath.get(path)?.imports ?? []) {
      // The init tool loads the command that it runs that way, and nothing else.
      if ((kind !== 'static' && path !== 'init/main.ts') || loaded.has(target)) continue;
      loaded.set(target, path);
      queue.push(target);
    }
  }
  return loaded;
}

describe('starting an executable', () => {
  for (const entry of ['webhook/main.ts', 'init/main.ts']) {
    it(`does not load the Kubernetes client, which costs a second and 128 MB: ${entry}`, () => {
      const loaded = loadedBy(entry);
      expect(loaded.size).to.be.above(10);
      expect([...loaded.keys()].filter((target) => target.startsWith('@kubernetes/'))).to.deep.equal([]);
    });
  }

  it('loads no server and nothing that spawns through another library, in a pod', () => {
    const loaded = [...loadedBy('init/main.ts').keys()].filter((target) => !isOurs(target));
    expect(loaded.filter((target) => !target.startsWith('node:')).sort()).to.deep.equal([
      'bun',
      'commander',
      'ipaddr.js',
    ]);
  });

  it('reaches the Kubernetes client, and what only the executable can do, by one dynamic import each', () => {
    const dynamic = sources
      .filter(({ path }) => path !== 'init/main.ts')
      .flatMap(({ path, imports }) =>
        imports.filter(({ kind }) => kind === 'dynamic').map(({ target }) => [path, target]),
      );
    expect(dynamic).to.deep.equal([
      ['init/validate/validate.ts', 'init/validate/stage.ts'],
      ['webhook/commands/check.ts', 'webhook/cluster/read-for-check.ts'],
      ['webhook/commands/install.ts', 'webhook/cluster/install.ts'],
      ['webhook/commands/known-names.ts', 'webhook/cluster/namespace-names.ts'],
      ['webhook/commands/preflight.ts', 'webhook/cluster/read-for-preflight.ts'],
      ['webhook/commands/status.ts', 'webhook/cluster/read-for-status.ts'],
      ['webhook/commands/uninstall.ts', 'webhook/cluster/uninstall.ts'],
      ['webhook/server/serve-auditor.ts', 'webhook/cluster/connect-auditor.ts'],
      ['webhook/server/serve-certificates.ts', 'webhook/cluster/connect-certificates.ts'],
      ['webhook/server/serve.ts', 'webhook/cluster/connect.ts'],
    ]);
    expect([...loadedBy('webhook/cluster/connect.ts').keys()]).to.include('@kubernetes/client-node');
  });
});
