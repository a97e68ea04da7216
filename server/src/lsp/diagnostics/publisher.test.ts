import assert from 'node:assert/strict';
import { type Diagnostic, DiagnosticSeverity, type PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { families } from '../../families';
import { Document, newest } from '../../schema';
import { DiagnosticsPublisher } from './publisher';

const uri = 'file:///p/mkosi.conf';
const found: Diagnostic[] = [
  { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }, severity: DiagnosticSeverity.Error, message: 'bad' },
];
const documentOf = (version: number): Document =>
  Document.open(uri, families.mkosi, TextDocument.create(uri, 'mkosi', version, '[Content]\n'), newest);

describe('publisher of diagnostics', () => {
  let sent: PublishDiagnosticsParams[], open: Map<string, Document>, publisher: DiagnosticsPublisher;
  beforeEach(() => {
    sent = [];
    open = new Map();
    publisher = new DiagnosticsPublisher({
      opened: (each) => open.get(each),
      send: (diagnostics) => {
        sent.push(diagnostics);
        return Promise.resolve();
      },
      report: () => undefined,
    });
  });
  const opened = (version: number): Document => {
    const document = documentOf(version);
    open.set(uri, document);
    return document;
  };

  it('names the version of an open document, and no version of a file', async () => {
    await publisher.publish(uri, opened(7), found);
    open.clear();
    await publisher.publish(uri, documentOf(7), found);
    assert.deepEqual(sent, [
      { uri, diagnostics: found, version: 7 },
      { uri, diagnostics: found },
    ]);
  });

  it('does not send the same twice', async () => {
    const document = opened(1);
    for (const each of [found, found, [], []]) await publisher.publish(uri, document, each);
    assert.deepEqual(
      sent.map(({ diagnostics }) => diagnostics),
      [found, []],
    );
  });

  it('sends again for every version of an open document, also when nothing is found', async () => {
    for (const version of [1, 2]) await publisher.publish(uri, opened(version), []);
    assert.deepEqual(
      sent.map(({ version }) => version),
      [1, 2],
    );
  });

  it('sends nothing for a file that is not open and never had diagnostics', async () => {
    await publisher.publish(uri, documentOf(0), []);
    assert.deepEqual(sent, []);
    assert.equal(publisher.size, 0);
  });

  it('takes back the diagnostics of a document that was closed, and sends them again when it is opened', async () => {
    const document = opened(1);
    await publisher.publish(uri, document, found);
    publisher.closed(uri);
    await publisher.publish(uri, document, found);
    assert.deepEqual(
      sent.map(({ diagnostics }) => diagnostics),
      [found, [], found],
    );
  });

  it('takes back the diagnostics of files that are no longer part of a project', async () => {
    publisher.addUnopened('/p', uri);
    await publisher.publish(uri, documentOf(0), found);
    assert.deepEqual(publisher.keepUnopened('/p', new Set([uri])), []);
    assert.equal(sent.length, 1);
    assert.deepEqual(publisher.keepUnopened('/p', new Set()), [uri]);
    assert.deepEqual(sent.at(-1), { uri, diagnostics: [] });
    assert.equal(publisher.size, 0);
  });

  it('keeps them as long as another project has that file, or it is open', async () => {
    for (const root of ['/p', '/q']) publisher.addUnopened(root, uri);
    await publisher.publish(uri, documentOf(0), found);
    assert.deepEqual(publisher.keepUnopened('/p', new Set()), []);
    opened(1);
    assert.deepEqual(publisher.keepUnopened('/q', new Set()), []);
    assert.equal(sent.length, 1);
  });

  it('names a file that it takes out of a project, but sends nothing if it had no diagnostics', () => {
    publisher.addUnopened('/p', uri);
    assert.deepEqual(publisher.keepUnopened('/p', new Set()), [uri]);
    assert.deepEqual(sent, []);
  });
});
