import type { AMIAction } from '../../ami/protocol/action-reader.js'
import { type ActionHandler, action, type FakeResponse, failure, type HeaderPairs, success } from '../handlers.js'
import { ConfigCategories, changeOf } from './config-categories.js'
import type { ConfigFile } from './fake-state.js'

/** A file that is not there cannot be told from one outside the folder, which nobody may see. */
const ESCALATED = { 16: 'File requires escalated priveledges', 22: 'File requires escalated privileges' } as const

/** A server without queues has the file all the same. */
const INSTALLED: Readonly<Record<string, ConfigFile>> = { 'queues.conf': { general: {} } }

const numbered = (number: number) => String(number).padStart(6, '0')

/** The actions on files of settings. */
export function configActions(configs: Map<string, ConfigFile>, version: 16 | 22): ActionHandler[] {
  const onFile = (
    name: 'GetConfig' | 'GetConfigJSON' | 'ListCategories',
    missing: string,
    answer: (file: ConfigCategories, request: AMIAction) => FakeResponse,
  ) =>
    action(name, (request) => {
      const filename = request.get('Filename') ?? ''
      if (filename === '') return failure('Filename not specified')
      const file = configs.get(filename) ?? INSTALLED[filename]
      return file === undefined ? failure(missing) : answer(ConfigCategories.of(file), request)
    })
  return [
    onFile('GetConfig', 'Config file not found', (file, request) => {
      const only = request.get('Category') ?? ''
      const categories = file.list.filter(({ name }) => only === '' || name === only)
      if (only !== '' && categories.length === 0) return success('No categories found')
      return success(
        categories.flatMap(
          ({ name, lines }, at): HeaderPairs => [
            [`Category-${numbered(at)}`, name],
            ...lines.map(([key, value], line) => [`Line-${numbered(at)}-${numbered(line)}`, `${key}=${value}`] as const),
          ],
        ),
      )
    }),
    onFile('GetConfigJSON', ESCALATED[version], (file) => {
      const categories = file.list.map(({ name, lines }) => {
        const pairs = lines.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
        return `${JSON.stringify(name)}:{${pairs.join(',')}}`
      })
      return success({ JSON: `{${categories.join(',')}}` })
    }),
    onFile('ListCategories', 'Config file not found', (file) =>
      success(
        file.list.length === 0
          ? { Error: 'no categories found' }
          : file.list.map(({ name }, at) => [`Category-${numbered(at)}`, name] as const),
      ),
    ),
    action('CreateConfig', (request) => {
      const filename = request.get('Filename') ?? ''
      // 16 takes the folder for the file.
      if (filename === '') return failure(version === 16 ? 'Is a directory' : 'Filename not specified')
      if (configs.has(filename)) return failure('File exists')
      configs.set(filename, {})
      return success('New configuration file created successfully')
    }),
    action('UpdateConfig', (request) => {
      const [source, destination] = [request.get('SrcFilename') ?? '', request.get('DstFilename') ?? '']
      if (source === '' || destination === '') return failure('Filename not specified')
      const file = configs.get(source)
      if (file === undefined || !configs.has(destination)) return failure(ESCALATED[version])
      const categories = ConfigCategories.of(file)
      for (let at = 0; (request.get(`Action-${numbered(at)}`) ?? '') !== ''; at += 1) {
        const problem = categories.apply(changeOf(request, numbered(at)))
        if (problem !== undefined) return failure(problem)
      }
      configs.set(destination, categories.toFile())
      return success()
    }),
  ]
}
