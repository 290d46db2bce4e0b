// What tries.py is, for clients in JavaScript.
import { readFileSync } from 'node:fs'

export const URL = process.env.CLIENT_URL, KEY = process.env.CLIENT_KEY, MODEL = process.env.CLIENT_MODEL
const read = path => JSON.parse(readFileSync(new globalThis.URL(path, import.meta.url)))
export const asked = read('asked.json')

export async function report(name, tries) {
  const results = {}
  for (const [what, attempt] of Object.entries(tries)) {
    try {
      results[what] = { answer: await attempt() }
    } catch (error) {
      results[what] = { error: `${error.name}: ${error.message}`.slice(0, 400) }
    }
  }
  console.log('\n' + JSON.stringify({ version: read(`node_modules/${name}/package.json`).version, tries: results }))
}
