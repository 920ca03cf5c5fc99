#!/usr/bin/env node
// Runs the binary of the package for this platform, which npm installed beside this one, and ends as it ends.
// No script at installation: `npm install --ignore-scripts` is enough. Node's own start is what this costs; a job that
// calls it often takes the binary itself, whose path `AGENTCORE_PRINT_BINARY=1 agentcore` prints.
'use strict'

const { spawn } = require('node:child_process')

const name = `agentcore-${process.platform}-${process.arch}`
const file = process.platform === 'win32' ? 'agentcore.exe' : 'agentcore'

let binary
try {
  binary = require.resolve(`${name}/bin/${file}`)
} catch {
  process.stderr.write(
    `agentcore: there is no binary for ${process.platform} on ${process.arch}: the package \`${name}\` is not installed.\n` +
      'hint: install it without `--omit=optional`, or take another package from the release page\n',
  )
  process.exit(1)
}

if (process.env.AGENTCORE_PRINT_BINARY) {
  process.stdout.write(`${binary}\n`)
  process.exit(0)
}

// Before the binary starts: it may run, and somebody may ask for its end, while this script is still here.
// A terminal sends Ctrl-C to both, and the binary decides when it ends: passed on as well, it would count twice. Without a terminal
// signals come to this process alone.
let child
const signals = ['SIGTERM', 'SIGHUP', 'SIGINT']
const atTerminal = ['stdin', 'stdout', 'stderr'].some((stream) => process[stream].isTTY)
for (const signal of signals) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !atTerminal) child?.kill(signal)
  })
}
child = spawn(binary, process.argv.slice(2), { stdio: 'inherit' })
child.on('error', (error) => {
  process.stderr.write(`agentcore: ${binary} does not run: ${error.message}\n`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code)
  for (const each of signals) process.removeAllListeners(each)
  process.kill(process.pid, signal)
})
