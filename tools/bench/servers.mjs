// Which servers are measured, and on which documents: of the same length, each in the language of its server, with one typing error.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../setup.mjs';

/** Rivals from npm, exactly as they were compared. */
export const rivals = {
  'yaml-language-server': '2.0.0',
  'vscode-langservers-extracted': '4.10.0',
  'bash-language-server': '5.8.1',
  'dockerfile-language-server-nodejs': '0.15.0',
};

/**
 * @typedef {object} Subject
 * @property {string} name @property {boolean} [ours] @property {readonly string[]} argv @property {string} file @property {string} language
 * @property {unknown} [options] of initialization
 * @property {(lines: number) => Text} document
 */
/**
 * A text in whose line `line` `typed` is typed after character `at`, to ask for completions; and where to hover.
 * @typedef {{ text: string, line: number, at: number, typed: string, hover: { line: number, character: number } }} Text
 */

/** A text of so many lines: a head, blocks of four lines with a number, in the middle the line for typing, and an end. */
function text(lines, head, block, typing, typed, hoverAt, end = []) {
  const body = [];
  for (let i = 0; head.length + body.length + end.length + 5 < lines; i++) body.push(...block(i));
  const middle = Math.floor(body.length / 8) * 4;
  body.splice(middle, 0, typing);
  const line = head.length + middle;
  return { text: [...head, ...body, ...end, ''].join('\n'), line, at: typing.length, typed, hover: { line: line - 4, character: hoverAt } };
}

const nspawn = (lines) =>
  text(
    lines,
    ['# nspawn', '[Exec]', 'Bot=yes', '[Files]'],
    (i) => [
      `Bind=/srv/data${i}:/data${i}:norbind`,
      `# the cache of ${i}`,
      `TemporaryFileSystem=/cache${i}:size=1G`,
      `BindReadOnly=/etc/host${i}`,
    ],
    'B',
    'i',
    1,
  );
const mkosi = (lines) =>
  text(
    lines,
    ['# mkosi', '[Distribution]', 'Distribution=debian', '[Content]', 'Bootabl=yes'],
    (i) => [`Packages=package${i}`, `         other${i}`, `# about ${i}`, `Environment=KEY${i}=value`],
    'P',
    'a',
    1,
  );
const yaml = (schema) => (lines) =>
  text(
    lines,
    [`# yaml-language-server: $schema=file://${schema}`, 'Boot: 1', 'Machines:'],
    (i) => [`  - Bind: /srv/data${i}`, `    # the cache of ${i}`, `    Hostname: host${i}`, `    User: user${i}`],
    '  - H',
    'o',
    5,
  );
const json = (schema) => (lines) =>
  text(
    lines,
    ['{', `"$schema": "file://${schema}",`, '"Boot": 1,', '"Machines": ['],
    (i) => [`  { "Bind": "/srv/data${i}",`, `    "Zone": "z${i}",`, `    "Hostname": "host${i}",`, `    "User": "user${i}" },`],
    '  { "H',
    'o',
    6,
    ['{}', ']', '}'],
  );
const css = (lines) =>
  text(
    lines,
    ['/* css */', 'p { colr: red }'],
    (i) => [`.a${i} {`, `  color: #${String(100000 + i)};`, `  margin: ${i}px;`, '}'],
    '.typing { co',
    'l',
    1,
  );
const shell = (lines) =>
  text(
    lines,
    ['#!/bin/bash', 'x=$((1'],
    (i) => [`function_${i}() {`, `  local value_${i}=${i}`, `  echo "$value_${i}"`, '}'],
    'funct',
    'i',
    2,
  );
const docker = (lines) =>
  text(
    lines,
    ['# docker', 'FROM debian', 'RUNN true'],
    (i) => [`RUN echo ${i}`, `# about ${i}`, `ENV KEY${i}=value`, `COPY a${i} /b${i}`],
    'E',
    'N',
    1,
  );

/** A JSON schema with the settings of nspawn, so that the servers of YAML and JSON have something to offer. */
export function jsonSchema() {
  const { settings } = JSON.parse(readFileSync(path.join(root, 'server/src/schema/nspawn.json'), 'utf8'));
  const properties = Object.fromEntries(
    settings.map((s) => [s.name, { type: 'string', description: `The setting ${s.name}= of systemd-nspawn.` }]),
  );
  const machine = { type: 'object', properties };
  return { ...machine, properties: { ...properties, Machines: { type: 'array', items: machine } } };
}

/** @param {string} cli our server @param {string} folder where the rivals are installed @param {string} schema path @returns {Subject[]} */
export function subjects(cli, folder, schema) {
  const rival = (file, ...args) => ['node', path.join(folder, 'node_modules', file), ...args];
  const ours = ['node', cli, '--stdio'];
  return [
    { name: 'nspawn', ours: true, argv: ours, file: 'x.nspawn', language: 'nspawn', document: nspawn },
    { name: 'mkosi', ours: true, argv: ours, file: 'mkosi.conf', language: 'mkosi', document: mkosi },
    {
      name: 'yaml',
      argv: rival('yaml-language-server/bin/yaml-language-server', '--stdio'),
      file: 'x.yaml',
      language: 'yaml',
      document: yaml(schema),
    },
    {
      name: 'json',
      argv: rival('vscode-langservers-extracted/bin/vscode-json-language-server', '--stdio'),
      file: 'x.json',
      language: 'json',
      options: { handledSchemaProtocols: ['file'], provideFormatter: true },
      document: json(schema),
    },
    {
      name: 'css',
      argv: rival('vscode-langservers-extracted/bin/vscode-css-language-server', '--stdio'),
      file: 'x.css',
      language: 'css',
      document: css,
    },
    { name: 'bash', argv: rival('bash-language-server/out/cli.js', 'start'), file: 'x.sh', language: 'shellscript', document: shell },
    {
      name: 'dockerfile',
      argv: rival('dockerfile-language-server-nodejs/bin/docker-langserver', '--stdio'),
      file: 'Dockerfile',
      language: 'dockerfile',
      document: docker,
    },
  ];
}
