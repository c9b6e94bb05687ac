// Starts `migc lsp` for .mig files and connects the editor to it.
'use strict';
const vscode = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');

let client;

function start() {
  const command = vscode.workspace.getConfiguration('migc').get('path', 'migc');
  client = new LanguageClient('migc', 'migc', { command, args: ['lsp'], transport: TransportKind.stdio }, {
    documentSelector: [{ language: 'mig', scheme: 'file' }, { language: 'mig', scheme: 'untitled' }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/*.{mig,csv,sql}') },
  });
  return client.start().catch((error) => {
    vscode.window.showErrorMessage(`migc could not be started as \`${command} lsp\`; set migc.path. ${error.message}`);
  });
}

function activate(context) {
  context.subscriptions.push(vscode.commands.registerCommand('migc.restart', async () => {
    if (client) await client.stop();
    await start();
  }));
  return start();
}

function deactivate() {
  return client ? client.stop() : undefined;
}

module.exports = { activate, deactivate };
