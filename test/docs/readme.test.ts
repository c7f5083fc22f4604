/** README.md says what the program does: its tables are held against the code. */
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';

const root = new URL('../../', import.meta.url);
const text = (file: string) => readFileSync(new URL(file, root), 'utf8');

/** The rows of all tables in a Markdown text, each as its cells. */
const rows = (markdown: string) =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

it("README's tables of options are those of --help", () => {
  const commands = ['stylize', 'weights fetch', 'weights inspect', 'weights convert', 'bench'].map((path) =>
    path
      .split(' ')
      .reduce<Command>(
        (parent, name) => parent.commands.find((command) => command.name() === name)!,
        createProgram(),
      ),
  );
  const options = commands
    .flatMap((command) => command.options)
    .map(({ flags, description }) => [`\`${flags}\``, description]);
  const listed = rows(text('README.md')).filter(([first]) => /^`-/.test(first!));
  expect(listed).toEqual(options);
});

describe.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])('%s', (file) => {
  it('names no file that is not there', () => {
    const markdown = text(file);
    const links = [...markdown.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!);
    const paths = [
      ...markdown.matchAll(/`((?:src|shaders|test|bench|scripts|weights|demo|docs)\/[\w./-]*)`/g),
    ];
    const named = [...links, ...paths.map(([, path]) => path!)];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});
