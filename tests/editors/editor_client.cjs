// An editor in a few lines: starts `migc lsp`, keeps documents, waits for findings. The protocol is vscode-languageserver-protocol's.
'use strict';
const { spawn } = require('child_process');
const { pathToFileURL } = require('url');
const lsp = require('vscode-languageserver-protocol/node');

class EditorClient {
  constructor(migc) {
    this.process = spawn(migc, ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.exited = new Promise((resolve) => this.process.on('exit', (code) => resolve(code)));
    this.connection = lsp.createProtocolConnection(new lsp.StreamMessageReader(this.process.stdout), new lsp.StreamMessageWriter(this.process.stdin));
    this.findings = new Map();
    this.waiting = [];
    this.versions = new Map();
    this.connection.onNotification(lsp.PublishDiagnosticsNotification.type, (told) => {
      this.findings.set(told.uri, told);
      this.waiting = this.waiting.filter((one) => !one(told));
    });
    this.connection.listen();
  }

  async start() {
    const answer = await this.connection.sendRequest(lsp.InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: {} });
    await this.connection.sendNotification(lsp.InitializedNotification.type, {});
    return answer;
  }

  /// The findings of the next publication for that version (or any later one).
  published(uri, version) {
    const known = this.findings.get(uri);
    if (known && known.version !== undefined && known.version >= version) return Promise.resolve(known.diagnostics);
    return new Promise((resolve) => {
      this.waiting.push((told) => {
        if (told.uri !== uri || (version !== undefined && told.version !== version)) return false;
        resolve(told.diagnostics);
        return true;
      });
    });
  }

  async open(path, text) {
    const uri = pathToFileURL(path).toString();
    this.versions.set(uri, 1);
    this.findings.delete(uri);
    await this.connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'mig', version: 1, text } });
    return uri;
  }

  async change(uri, ...contentChanges) {
    const version = this.versions.get(uri) + 1;
    this.versions.set(uri, version);
    await this.connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges });
    return this.published(uri, version);
  }

  ask(type, uri, more) {
    return this.connection.sendRequest(type, { textDocument: { uri }, ...more });
  }

  async stop() {
    await this.connection.sendRequest(lsp.ShutdownRequest.type);
    await this.connection.sendNotification(lsp.ExitNotification.type);
    return this.exited;
  }
}

/// The position of the n-th occurrence of a text, plus an offset, in UTF-16 code units as JavaScript counts.
function place(text, wanted, shift = 0, n = 1) {
  let at = -1;
  for (let i = 0; i < n; i += 1) at = text.indexOf(wanted, at + 1);
  if (at < 0) throw new Error(`no ${wanted} in the text`);
  const before = text.slice(0, at + shift);
  const line = before.split('\n').length - 1;
  return { line, character: before.length - (before.lastIndexOf('\n') + 1) };
}

/// A text with edits of the protocol applied.
function applied(text, edits) {
  const lines = text.split('\n');
  const offset = (p) => lines.slice(0, p.line).reduce((sum, one) => sum + one.length + 1, 0) + p.character;
  const sorted = edits.map((e) => ({ begin: offset(e.range.start), end: offset(e.range.end), text: e.newText })).sort((a, b) => b.begin - a.begin || b.end - a.end);
  return sorted.reduce((now, e) => now.slice(0, e.begin) + e.text + now.slice(e.end), text);
}

module.exports = { EditorClient, place, applied, lsp };
