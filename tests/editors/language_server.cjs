// `migc lsp` as an editor meets it: language_server.cjs MIGC
'use strict';
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync, spawn } = require('child_process');
const { pathToFileURL } = require('url');
const { EditorClient, place, applied, lsp } = require('./editor_client.cjs');

const migc = process.argv[2];
const SHARED = `/// What a status means.
enum Status { active, closed }
issue SH101 "no status" fix "ask"
/// Turns a word into a status.
table status_of: string -> Status via lower {
  "a" => active,
  else => reject SH101,
}
`;
const SPEC = `migration "editor" version "1.0.0" { edition = 2026 }
import "shared.mig" as shared
param least: int(0..10) = 0
privacy { class person.name  allow person.* to out because "test" }
schema Row {
  id: string @key
  /// As the customer wrote it.
  name?: string? @pii(person.name)
  word: string
  note?: string?
}
schema Out {
  id: string @key
  name?: string(1..)? @pii(person.name)
  status: shared.Status
  score: int(0..100)
}
issue ED101 "no name" fix "look it up"
source rows: Row from ndjson("in.ndjson")
target out: Out into ndjson("out.ndjson") { write = upsert(by: [id]) }
fn twice(n: int(0..50)) -> int(0..100) = n * 2
map people: rows as r -> out as o {
  let full = r.name |?> trim
  /* 😀 */ id = r.id
  status = shared.status_of(r.word)
  name = full |?> non_empty
  score = twice(param.least)
  ignore r.note because "test"
}
test "ids stay" for people {
  given { id: "1", word: "a" }
  expect out.id == "1"
}
`;
const tests = [];
const test = (name, run) => tests.push({ name, run });
const labels = (answer) => (Array.isArray(answer) ? answer : answer.items).map((one) => one.label);
const sorted = (answer) => [...(Array.isArray(answer) ? answer : answer.items)].sort((a, b) => (a.sortText < b.sortText ? -1 : 1)).map((one) => one.label);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'migc-lsp-'));
fs.writeFileSync(path.join(folder, 'mig.lock'), '');
fs.writeFileSync(path.join(folder, 'shared.mig'), SHARED);
const file = (name) => path.join(folder, name);

test('capabilities and an orderly end', async () => {
  const editor = new EditorClient(migc);
  const answer = await editor.start();
  const c = answer.capabilities;
  assert.strictEqual(c.textDocumentSync.change, 2);
  for (const one of ['hoverProvider', 'definitionProvider', 'referencesProvider', 'renameProvider', 'completionProvider', 'codeActionProvider', 'inlayHintProvider',
    'semanticTokensProvider', 'documentFormattingProvider']) assert.ok(c[one], one);
  assert.strictEqual(answer.serverInfo.name, 'migc');
  assert.strictEqual(await editor.stop(), 0);
});

test('findings are those of migc check, at the same places', async (editor) => {
  const broken = SPEC.replace('r.word)', 'r.wordd)').replace('least)', 'leest)');
  fs.writeFileSync(file('same.mig'), broken);
  const uri = await editor.open(file('same.mig'), broken);
  const told = await editor.published(uri, 1);
  let lines;
  try { lines = execFileSync(migc, ['check', '--all', '--format=json', file('same.mig')], { encoding: 'utf8' }); } catch (error) { lines = error.stdout; }
  const checked = lines.trim().split('\n').map((one) => JSON.parse(one)).filter((one) => one.primary.file === 'same.mig');
  const key = (code, line, column) => `${code} ${line} ${column}`;
  assert.deepStrictEqual(told.map((d) => key(d.code, d.range.start.line + 1, d.range.start.character + 1)).sort(),
    checked.map((d) => key(d.code, d.primary.line, d.primary.column)).sort());
  assert.ok(told.some((d) => d.code === 'E0101' && d.severity === 1));
  fs.unlinkSync(file('same.mig'));
});

test('unsaved texts, incremental changes, UTF-16', async (editor) => {
  const uri = await editor.open(file('unsaved.mig'), SPEC);
  assert.deepStrictEqual((await editor.published(uri, 1)).filter((d) => d.severity === 1), []);
  // Behind an emoji of two code units: remove `d` of `r.id`.
  const end = place(SPEC, '😀 */ id = r.id', '😀 */ id = r.id'.length);
  let told = await editor.change(uri, { range: { start: { line: end.line, character: end.character - 1 }, end }, text: '' });
  const wrong = told.find((d) => d.code === 'E0101');
  assert.ok(wrong, 'the unsaved text is checked');
  assert.deepStrictEqual(wrong.range, { start: { line: end.line, character: end.character - 2 }, end: { line: end.line, character: end.character - 1 } });
  // Two changes in one notification, the second on top of the first.
  const at = { line: end.line, character: end.character - 1 };
  told = await editor.change(uri, { range: { start: at, end: at }, text: 'dd' }, { range: { start: at, end: { line: at.line, character: at.character + 1 } }, text: '' });
  assert.deepStrictEqual(told.filter((d) => d.severity === 1), []);
  // The whole text at once, and a range beyond the end, which is clamped.
  told = await editor.change(uri, { text: 'param' });
  assert.ok(told.length > 0);
  told = await editor.change(uri, { range: { start: { line: 0, character: 0 }, end: { line: 99999, character: 7 } }, text: SPEC });
  assert.deepStrictEqual(told.filter((d) => d.severity === 1), []);
});

test('an open import is read from the editor, and its findings are told', async (editor) => {
  const uri = await editor.open(file('main.mig'), SPEC);
  await editor.published(uri, 1);
  const shared = await editor.open(file('shared.mig'), SHARED.replace('status_of', 'status_from'));
  const told = await new Promise((resolve) => {
    editor.waiting.push((one) => { if (one.uri !== uri || !one.diagnostics.some((d) => d.code === 'E0101')) return false; resolve(one.diagnostics); return true; });
    const now = editor.findings.get(uri);
    if (now.diagnostics.some((d) => d.code === 'E0101')) resolve(now.diagnostics);
  });
  assert.ok(told.some((d) => d.message.includes('status_of')));
  await editor.connection.sendNotification(lsp.DidCloseTextDocumentNotification.type, { textDocument: { uri: shared } });
  await editor.change(uri, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '// \n' });
  assert.deepStrictEqual(editor.findings.get(uri).diagnostics.filter((d) => d.severity === 1), []);
});

test('hover tells type, effects, labels, sources, interval, documentation', async (editor) => {
  const uri = await editor.open(file('hover.mig'), SPEC);
  const hover = async (...where) => {
    const answer = await editor.ask(lsp.HoverRequest.type, uri, { position: place(SPEC, ...where) });
    return answer ? answer.contents.value : '';
  };
  const field = await hover('r.name |?>', 3);
  assert.ok(field.includes('string?') && field.includes('privacy: person.name') && field.includes('As the customer wrote it'), field);
  const table = await hover('shared.status_of(r', 9);
  assert.ok(table.includes('table status_of') && table.includes('Turns a word into a status') && table.includes('reject'), table);
  assert.ok((await hover('twice(param.least)', 1)).includes('fn twice(n: int(0..50)) -> int(0..100)'));
  assert.ok((await hover('twice(param.least)', 14)).includes('int(0..10)'));
  const local = await hover('name = full', 8);
  assert.ok(local.includes('full: string?') && local.includes('from: name') && local.includes('person.name'), local);
  assert.ok((await hover('|?> trim', 5)).includes('trim(s: string) -> string'));
  assert.strictEqual(await hover('edition = 2026 }', 16), '');
});

test('definition and references, across files', async (editor) => {
  const uri = await editor.open(file('navigation.mig'), SPEC);
  const definition = (...where) => editor.ask(lsp.DefinitionRequest.type, uri, { position: place(SPEC, ...where) });
  const expected = [['r.name |?>', 3, 'name?: string? @pii'], ['twice(param.least)', 1, 'twice(n'], ['param.least)', 7, 'least: int'], ['full |?>', 1, 'full = r'],
    ['rows as r', 1, 'rows: Row'], ['rows: Row', 7, 'Row {'], ['r.id\n', 0, 'r -> out'], ['for people', 5, 'people: rows'], ['id: "1"', 0, 'id: string @key\n  /// As'],
    ['status = shared', 1, 'status: shared'], ['by: [id]', 5, 'id: string @key\n  name?']];
  for (const [text, shift, target] of expected) {
    const answer = await definition(text, shift);
    assert.ok(answer, `${text} has a definition`);
    assert.strictEqual(answer.uri, uri);
    assert.deepStrictEqual(answer.range.start, place(SPEC, target), text);
  }
  const imported = await definition('shared.status_of(r', 9);
  assert.strictEqual(imported.uri, pathToFileURL(file('shared.mig')).toString());
  assert.deepStrictEqual(imported.range.start, place(SHARED, 'status_of'));
  const references = (declaration, ...where) => editor.ask(lsp.ReferencesRequest.type, uri, { position: place(SPEC, ...where), context: { includeDeclaration: declaration } });
  assert.deepStrictEqual((await references(true, 'twice(n')).map((one) => one.range.start), [place(SPEC, 'twice(n'), place(SPEC, 'twice(param')]);
  assert.strictEqual((await references(false, 'twice(n')).length, 1);
  assert.strictEqual((await references(true, 'id: string @key\n  /// As')).length, 3, 'schema, map, given');
  assert.strictEqual((await editor.ask(lsp.DocumentHighlightRequest.type, uri, { position: place(SPEC, 'full = r') })).length, 2);
  const outline = await editor.ask(lsp.DocumentSymbolRequest.type, uri, {});
  assert.ok(outline.some((one) => one.name === 'people' && one.detail === 'map') && outline.some((one) => one.name === 'ids stay'));
});

test('a type as an argument is a use of its name', async (editor) => {
  const text = `migration "decoded" version "1.0.0" { edition = 2026 }
import "shapes.mig" as shapes
issue DE101 "broken" fix "look"
schema Row { id: string @key  inner: json  far: json  word: string }
schema Inner { a: int }
schema Out { id: string @key  a: int  b: int  state: State }
enum State { open, done }
source rows: Row from ndjson("in.ndjson")
target out: Out into ndjson("out.ndjson") { write = replace }
map decoded: rows as r -> out as o {
  let inner = decode(r.inner, Inner) catch reject DE101
  let far   = decode(r.far, shapes.Far) catch reject DE101
  id    = r.id
  a     = inner.a
  b     = far.b
  state = parse_enum(r.word, State) catch reject DE101
}
`;
  fs.writeFileSync(file('shapes.mig'), 'schema Far { b: int }\n');
  const uri = await editor.open(file('decoded.mig'), text);
  const where = async (...at) => (await editor.ask(lsp.ReferencesRequest.type, uri, { position: place(text, ...at), context: { includeDeclaration: true } }));
  for (const name of ['Inner', 'State']) {
    const starts = (await where(`${name} {`)).map((one) => one.range.start);
    assert.deepStrictEqual(starts.at(name === 'Inner' ? 1 : 2), place(text, `, ${name})`, 2), `${name}: the argument`);
    const edit = await editor.ask(lsp.RenameRequest.type, uri, { position: place(text, `, ${name})`, 2), newName: `${name}Kind` });
    const changed = applied(text, edit.changes[uri]);
    fs.writeFileSync(file('renamed.mig'), changed);
    execFileSync(migc, ['check', file('renamed.mig')], { stdio: 'pipe' });
  }
  const far = await editor.ask(lsp.DefinitionRequest.type, uri, { position: place(text, 'shapes.Far', 7) });
  assert.strictEqual(far.uri, pathToFileURL(file('shapes.mig')).toString());
  const edit = await editor.ask(lsp.RenameRequest.type, uri, { position: place(text, 'shapes.Far', 7), newName: 'Distant' });
  assert.ok(applied(text, edit.changes[uri]).includes('decode(r.far, shapes.Distant)'));
  assert.strictEqual(applied('schema Far { b: int }\n', edit.changes[pathToFileURL(file('shapes.mig')).toString()]), 'schema Distant { b: int }\n');
  for (const one of ['renamed.mig', 'shapes.mig']) fs.unlinkSync(file(one));
});

test('rename: everywhere, checked, refused where it would break', async (editor) => {
  const other = SPEC.replace('"editor"', '"other"').replace('version "1.0.0"', 'version "2.0.0"');
  fs.writeFileSync(file('closed.mig'), other);
  const uri = await editor.open(file('rename.mig'), SPEC);
  const rename = (newName, ...where) => editor.ask(lsp.RenameRequest.type, uri, { position: place(SPEC, ...where), newName });
  const check = (text) => {
    fs.writeFileSync(file('renamed.mig'), text);
    try { execFileSync(migc, ['check', file('renamed.mig')], { stdio: 'pipe' }); return 0; } catch (error) { return error.status; }
  };
  for (const [newName, text, shift] of [['whole', 'full = r', 0], ['given_name', 'name?: string? @pii', 0], ['double', 'twice(n', 1], ['lowest', 'least: int', 0], ['src', 'r -> out', 0],
    ['persons', 'people: rows', 2], ['input_rows', 'rows: Row', 0], ['ED999', 'ED101', 1], ['points', 'score: int', 1]]) {
    const edit = await rename(newName, text, shift);
    const changed = applied(SPEC, edit.changes[uri]);
    assert.ok(changed.includes(newName), `${text} is renamed`);
    assert.strictEqual(check(changed), 0, `the spec checks with ${newName}`);
  }
  fs.unlinkSync(file('renamed.mig'));
  const across = await rename('meaning_of', 'shared.status_of(r', 9);
  const touched = Object.keys(across.changes).map((one) => path.basename(one)).sort();
  assert.ok(['closed.mig', 'rename.mig', 'shared.mig'].every((one) => touched.includes(one)), `the definition and every spec that uses it: ${touched}`);
  assert.ok(applied(SHARED, across.changes[pathToFileURL(file('shared.mig')).toString()]).includes('table meaning_of:'));
  for (const [newName, text] of [['rows', 'out: Out'], ['not', 'full = r'], ['a b', 'full = r'], ['word', 'name?: string? @pii']]) {
    await assert.rejects(rename(newName, text, 0), (error) => error.code === -32803, `${text} -> ${newName}`);
  }
  assert.strictEqual(await editor.ask(lsp.PrepareRenameRequest.type, uri, { position: place(SPEC, '|?> trim', 5) }), null, 'a standard function keeps its name');
  const prepared = await editor.ask(lsp.PrepareRenameRequest.type, uri, { position: place(SPEC, 'full = r', 2) });
  assert.strictEqual(prepared.placeholder, 'full');
  fs.unlinkSync(file('closed.mig'));
});

test('completion: missing target fields first', async (editor) => {
  const text = SPEC.replace('  status = shared.status_of(r.word)\n', '').replace('  name = full |?> non_empty\n', '  \n');
  const uri = await editor.open(file('completion.mig'), text);
  const at = (position) => editor.ask(lsp.CompletionRequest.type, uri, { position });
  const fields = sorted(await at({ line: place(text, '  \n').line, character: 2 }));
  assert.deepStrictEqual(fields.slice(0, 2), ['status', 'name'], `required first, then optional: ${fields}`);
  assert.ok(!fields.includes('id') && !fields.includes('score') && fields.includes('let'), 'assigned ones are not offered');
  const complete = async (line, wanted) => {
    const changed = text.replace('  \n', `  ${line}\n`);
    await editor.change(uri, { text: changed });
    const position = place(changed, line, line.length);
    return labels(await at(position));
  };
  assert.ok((await complete('name = r.')).includes('word'));
  assert.ok((await complete('status = ')).includes('active') || (await complete('status = ')).includes('full'));
  assert.deepStrictEqual((await complete('score = param.')), ['least']);
  assert.ok((await complete('name = full |> ')).includes('trim'));
  assert.ok((await complete('name = full ?? reject ')).includes('ED101'));
  assert.ok((await complete('status = shared.')).includes('status_of'));
  assert.deepStrictEqual(await complete('// r.'), []);
  assert.deepStrictEqual(await complete('name = "r.'), []);
  const top = labels(await at({ line: 2, character: 0 }));
  assert.ok(top.length > 0);
});

test('code actions are the fixes of the findings', async (editor) => {
  const text = SPEC.replace('r.word)', 'r.wordd)').replace('let full = r.name', 'let unused = r.id ?? "x"\n  let full = r.name');
  const uri = await editor.open(file('actions.mig'), text);
  const told = await editor.published(uri, 1);
  const misspelled = told.find((d) => d.code === 'E0101');
  const actions = await editor.ask(lsp.CodeActionRequest.type, uri, { range: misspelled.range, context: { diagnostics: [misspelled] } });
  const suggestion = actions.find((one) => one.title.includes('`word`'));
  assert.ok(suggestion && suggestion.kind === 'quickfix' && suggestion.isPreferred === false);
  assert.ok(applied(text, suggestion.edit.changes[uri]).includes('r.word)'));
  const needless = told.find((d) => d.code === 'W0312');
  const auto = (await editor.ask(lsp.CodeActionRequest.type, uri, { range: needless.range, context: { diagnostics: [] } })).find((one) => one.isPreferred);
  assert.ok(auto && applied(text, auto.edit.changes[uri]).includes('let unused = r.id\n'));
  const all = actions.find((one) => one.kind === 'source.fixAll');
  const fixed = applied(text, all.edit.changes[uri]);
  assert.ok(!fixed.includes('?? "x"') && fixed.includes('r.wordd'), 'fixAll applies auto fixes and no others');
});

test('inlay hints, semantic tokens, formatting', async (editor) => {
  const uri = await editor.open(file('tokens.mig'), SPEC);
  const whole = { start: { line: 0, character: 0 }, end: { line: 999, character: 0 } };
  const hints = await editor.ask(lsp.InlayHintRequest.type, uri, { range: whole });
  assert.deepStrictEqual(hints.map((one) => [one.label, one.position]), [[': string?', place(SPEC, 'full = r', 4)]]);
  const legend = (await editor.started).capabilities.semanticTokensProvider.legend.tokenTypes;
  const { data } = await editor.ask(lsp.SemanticTokensRequest.type, uri, {});
  assert.strictEqual(data.length % 5, 0);
  const lines = SPEC.split('\n');
  const seen = [];
  let line = 0; let character = 0;
  for (let i = 0; i < data.length; i += 5) {
    line += data[i];
    character = data[i] === 0 ? character + data[i + 1] : data[i + 1];
    assert.ok(data[i + 2] > 0 && character + data[i + 2] <= lines[line].length, 'a token lies in its line');
    seen.push([lines[line].slice(character, character + data[i + 2]), legend[data[i + 3]]]);
  }
  for (const wanted of [['map', 'keyword'], ['people', 'function'], ['/* 😀 */', 'comment'], ['Row', 'struct'], ['twice', 'function'], ['"1.0.0"', 'string'], ['2026', 'number'],
    ['ED101', 'event'], ['word', 'property'], ['full', 'variable'], ['least', 'parameter'], ['trim', 'function']]) {
    assert.ok(seen.some((one) => one[0] === wanted[0] && one[1] === wanted[1]), wanted.join(' '));
  }
  const edits = await editor.ask(lsp.DocumentFormattingRequest.type, uri, { options: { tabSize: 2, insertSpaces: true } });
  const formatted = execFileSync(migc, ['fmt', '-'], { input: SPEC, encoding: 'utf8' });
  assert.strictEqual(applied(SPEC, edits), formatted);
  await editor.change(uri, { text: formatted });
  assert.deepStrictEqual(await editor.ask(lsp.DocumentFormattingRequest.type, uri, { options: { tabSize: 2, insertSpaces: true } }), []);
  await editor.change(uri, { text: 'map a: b -> c { x = = 1 }' });
  assert.deepStrictEqual(await editor.ask(lsp.DocumentFormattingRequest.type, uri, { options: { tabSize: 2, insertSpaces: true } }), [], 'a broken text is left alone');
});

test('every prefix of a spec is answered', async (editor) => {
  const uri = await editor.open(file('prefix.mig'), '');
  for (let length = 0; length <= SPEC.length; length += 37) {
    const text = SPEC.slice(0, length);
    await editor.change(uri, { text });
    const position = { line: text.split('\n').length - 1, character: text.length - (text.lastIndexOf('\n') + 1) };
    await editor.ask(lsp.CompletionRequest.type, uri, { position });
    await editor.ask(lsp.HoverRequest.type, uri, { position });
    await editor.ask(lsp.SemanticTokensRequest.type, uri, {});
    await editor.ask(lsp.InlayHintRequest.type, uri, { range: { start: { line: 0, character: 0 }, end: position } });
  }
});

test('requests that wait can be cancelled', async (editor) => {
  const uri = await editor.open(file('cancel.mig'), SPEC);
  // All in one write, so that the cancellation has arrived before the request is answered.
  const frame = (message) => { const body = JSON.stringify({ jsonrpc: '2.0', ...message }); return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`; };
  const answers = await raw([{ id: 1, method: 'initialize', params: {} }, { id: 7, method: 'textDocument/hover', params: { textDocument: { uri }, position: { line: 0, character: 0 } } },
    { method: '$/cancelRequest', params: { id: 7 } }, { method: '$/cancelRequest', params: { id: 'none' } }, { id: 8, method: 'shutdown' }, { method: 'exit' }].map(frame).join(''));
  assert.strictEqual(answers.find((one) => one.id === 7).error.code, -32800);
  assert.strictEqual(answers.find((one) => one.id === 8).result, null);
});

/// Sends bytes as they are, gives back every answer until the server ends.
function raw(bytes) {
  return new Promise((resolve, reject) => {
    const server = spawn(migc, ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = Buffer.alloc(0);
    server.stdout.on('data', (data) => { out = Buffer.concat([out, data]); });
    server.on('close', (code, signal) => {
      if (signal) { reject(new Error(`the server died of ${signal}`)); return; }
      const answers = [];
      while (out.length > 0) {
        const end = out.indexOf('\r\n\r\n');
        const length = Number(/Content-Length: (\d+)/.exec(out.slice(0, end).toString())[1]);
        answers.push(JSON.parse(out.slice(end + 4, end + 4 + length).toString()));
        out = out.slice(end + 4 + length);
      }
      answers.code = code;
      resolve(answers);
    });
    server.stdin.end(bytes);
  });
}

test('malformed messages are answered, and the next one too', async () => {
  const frame = (body) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const good = frame(JSON.stringify({ jsonrpc: '2.0', id: 'end', method: 'shutdown' })) + frame(JSON.stringify({ jsonrpc: '2.0', method: 'exit' }));
  const start = frame(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} }));
  const deep = '['.repeat(100000);
  const request = (id, method, params) => frame(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  const cases = { '{': -32700, [deep]: -32700, '"text"': -32600, '[]': -32600, '{"id":1}': -32600, '{"id":1,"method":5}': -32600, '\u0000': -32700 };
  for (const [body, code] of Object.entries(cases)) {
    const answers = await raw(start + frame(body) + good);
    assert.ok(answers.some((one) => one.error && one.error.code === code), `${body.slice(0, 20)} gives ${code}`);
    assert.ok(answers.some((one) => one.id === 'end' && !one.error) && answers.code === 0, `the server goes on after ${body.slice(0, 20)}`);
  }
  const later = await raw(request(1, 'textDocument/hover', {}) + start + request(2, 'no/such', {}) + request(3, 'textDocument/hover', { textDocument: { uri: 'file:///none' }, position: { line: 0, character: 0 } })
    + request(4, 'textDocument/hover', { textDocument: 5, position: 'x' }) + request(5, 'textDocument/rename', []) + request(6, 'textDocument/codeAction', null)
    + frame('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///none"},"contentChanges":[5,{"text":7}]}}')
    + frame('{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///x%zz%4","text":"map","version":-1}}}')
    + frame('{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:Untitled-1","text":"map","version":1}}}')
    + frame('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"untitled:Untitled-1"},"contentChanges":[{"range":{"start":{"line":9,"character":9},"end":{"line":0,"character":0}},"text":"\\u0000x"}]}}')
    + 'Nonsense: 1\r\n\r\n' + 'Content-Length: x\r\n\r\n' + good);
  const codes = Object.fromEntries(later.filter((one) => one.error && typeof one.id === 'number').map((one) => [one.id, one.error.code]));
  assert.deepStrictEqual(codes, { 1: -32002, 2: -32601, 3: -32602, 4: -32602, 5: -32602, 6: -32602 });
  assert.ok(later.some((one) => one.id === 'end' && !one.error));
  assert.strictEqual((await raw(start)).code, 1, 'an editor that goes without shutdown');
  assert.strictEqual((await raw('Content-Length: 50\r\n\r\n{"half')).code, 1);
});

(async () => {
  let failed = 0;
  for (const one of tests) {
    const editor = new EditorClient(migc);
    try {
      if (one.run.length > 0) {
        editor.started = editor.start();
        await editor.started;
        await one.run(editor);
        assert.strictEqual(await editor.stop(), 0);
      } else {
        editor.process.kill();
        await one.run();
      }
      console.log(`ok   ${one.name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${one.name}: ${error.stack || error}`);
      editor.process.kill();
    }
    editor.connection.dispose();
  }
  fs.rmSync(folder, { recursive: true });
  console.log(`${tests.length - failed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
})();
