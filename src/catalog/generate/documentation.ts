import { ParseOption, type XmlAttribute, XmlDocument, XmlElement } from 'libxml2-wasm'
import type { Action, AGICommand, Documentation, Event, Field } from './entries.js'
import { bridgeHeaders, channelHeaders } from './snapshots.js'

/** Reads `core-en_US.xml`, its XIncludes resolved. Entries that it has several times (once a module) become one. @throws Error when it is something else. */
export function readDocumentation(xml: Uint8Array): Documentation {
  // libxml2 is what Asterisk itself reads the file with: the XPointers in it are XPath.
  using document = XmlDocument.fromBuffer(xml, {
    option: ParseOption.XML_PARSE_XINCLUDE | ParseOption.XML_PARSE_NOXINCNODE | ParseOption.XML_PARSE_NONET,
  })
  document.processXInclude()
  const actions = elements(document.root, '/docs/manager').map(readAction)
  if (actions.length === 0) throw new Error('no <manager> element in it: this is not the core-en_US.xml of an Asterisk')
  return {
    actions: byName(actions, (a, b) => ({
      ...a,
      parameters: mergeFields(a.parameters, b.parameters),
      list: a.list ?? b.list,
    })),
    // An event that is told by itself comes before its namesake in a list, so that it keeps its class.
    events: byName(
      elements(document.root, '/docs/managerEvent | //responses//managerEvent').map(readEvent).sort(toldFirst),
      (a, b) => ({
        ...a,
        headers: mergeFields(a.headers, b.headers),
      }),
    ),
    agiCommands: byName(elements(document.root, '/docs/agi').map(readAGICommand), (a) => a),
  }
}

function readAction(element: XmlElement): Action {
  const [completion] = names(element, 'responses/managerEvent')
  return {
    name: attribute(element, 'name'),
    parameters: elements(element, 'syntax/parameter').map(readField),
    list: completion === undefined ? undefined : { items: names(element, 'responses/list-elements/managerEvent'), completion },
  }
}

function readEvent(element: XmlElement): Event {
  const isListed = element.parent?.name !== 'docs'
  const instances = elements(element, 'managerEventInstance')
  const flag = instances.map((instance) => attribute(instance, 'class'))[0] ?? ''
  const headers = instances.map((instance) => elements(instance, 'syntax/*').flatMap(readHeader))
  return {
    name: attribute(element, 'name'),
    class: isListed ? undefined : flag.replace('EVENT_FLAG_', '').toLowerCase(),
    headers: headers.reduce(mergeFields, []),
  }
}

function readHeader(element: XmlElement): Field[] {
  if (element.name === 'channel_snapshot') return channelHeaders(attribute(element, 'prefix'))
  if (element.name === 'bridge_snapshot') return bridgeHeaders(attribute(element, 'prefix'))
  if (element.name === 'parameter') return [readField(element)]
  throw new Error(`<${element.name}> in the syntax of an event is not known to this generator`)
}

function readAGICommand(element: XmlElement): AGICommand {
  return {
    name: attribute(element, 'name').toUpperCase(),
    arguments: elements(element, 'syntax/parameter').map(readField),
  }
}

function readField(element: XmlElement): Field {
  const required = attribute(element, 'required')
  return {
    name: attribute(element, 'name'),
    required: required === '' ? undefined : required === 'true' || required === 'yes',
    values: literals(elements(element, 'enumlist/enum').map((value) => attribute(value, 'name'))),
  }
}

/** Some lists describe forms, such as `name(<event_name>)`; they hold no values. */
function literals(values: readonly string[]): readonly string[] {
  const isForm = values.some((value) => value === '' || /[<>@"=|[\]]|\.\.\./.test(value))
  return isForm ? [] : [...new Set(values)]
}

/** The fields of both; what only one of them has is not required. */
export function mergeFields(a: readonly Field[], b: readonly Field[]): readonly Field[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a
  const merged = new Map<string, Field>(a.map((field) => [field.name, { ...field, required: false }]))
  for (const field of b) {
    const other = a.find(({ name }) => name === field.name)
    merged.set(field.name, {
      name: field.name,
      required: other === undefined ? false : field.required === other.required ? field.required : false,
      values: [...new Set([...(other?.values ?? []), ...field.values])],
    })
  }
  return [...merged.values()]
}

function byName<Entry extends { readonly name: string }>(entries: readonly Entry[], merge: (a: Entry, b: Entry) => Entry) {
  const found = new Map<string, Entry>()
  for (const entry of entries) {
    const known = found.get(entry.name)
    found.set(entry.name, known === undefined ? entry : merge(known, entry))
  }
  return found
}

function toldFirst(a: Event, b: Event): number {
  return Number(a.class === undefined) - Number(b.class === undefined)
}

function elements(from: XmlElement, path: string): XmlElement[] {
  return from.find(path).filter((node): node is XmlElement => node instanceof XmlElement)
}

function names(from: XmlElement, path: string): string[] {
  return elements(from, path).map((element) => attribute(element, 'name'))
}

function attribute(element: XmlElement, name: string): string {
  const found: XmlAttribute | null = element.attr(name)
  return found?.value ?? ''
}
