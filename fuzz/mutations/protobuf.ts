import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Dice } from '../dice.js';
import { type Bytes, mutateBytes } from './bytes.js';

/** A field of a message. Which lengths are messages and which are bytes, the wire does not say: what parses is one. */
interface Field {
  number: number;
  type: WireType;
  value: bigint | Bytes | Field[];
}

const MAX_DEPTH = 6;

/** Beyond what any field of ONNX or Caffe has: a message found in numbers is none. */
const MAX_NUMBER = 200;

/**
 * Changes one field somewhere in the tree of messages and writes it all anew, so that every length around it is right
 * and the damage gets as deep as the reader goes.
 * @returns undefined if the bytes are no protobuf any more.
 */
export function mutateProtobuf(
  bytes: Bytes,
  dice: Dice,
  words: readonly Uint8Array[],
  other: Bytes,
): Bytes | undefined {
  const root = parse(bytes, 0);
  const rows = root && listsIn(root).filter((fields) => fields.length > 0);
  if (root === undefined || !rows || rows.length === 0) return undefined;
  const fields = dice.pick(rows);
  const at = dice.below(fields.length);
  const field = fields[at]!;
  switch (dice.below(7)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.splice(at, 0, ...Array<Field>(dice.chance(0.1) ? dice.length(50) : 1).fill(field));
      break;
    case 2:
      field.number = 1 + dice.below(16);
      break;
    case 3: {
      // A copy: what is taken may hold the place that it is put into.
      const donor = structuredClone(dice.pick(dice.pick(rows)));
      fields.splice(at, dice.below(2), donor);
      break;
    }
    case 4:
      nest(fields, at, dice.length(40));
      break;
    default:
      mutateValue(field, dice, words, other);
  }
  return write(root);
}

function mutateValue(field: Field, dice: Dice, words: readonly Uint8Array[], other: Bytes): void {
  if (typeof field.value === 'bigint') field.value = dice.number(other.length);
  else if (field.type === WireType.LengthDelimited) {
    const bytes = Array.isArray(field.value) ? write(field.value) : field.value;
    field.value = mutateBytes(bytes, dice, words, other);
  } else {
    field.type = dice.pick([WireType.Varint, WireType.LengthDelimited]);
    field.value = field.type === WireType.Varint ? dice.number(other.length) : new Uint8Array(0);
  }
}

/** Puts a field into messages of its own number. */
function nest(fields: Field[], at: number, times: number): void {
  let field = fields[at]!;
  for (let i = 0; i < times; i++) {
    field = { number: field.number, type: WireType.LengthDelimited, value: [field] };
  }
  fields[at] = field;
}

function listsIn(fields: Field[]): Field[][] {
  return [fields, ...fields.flatMap(({ value }) => (Array.isArray(value) ? listsIn(value) : []))];
}

function parse(bytes: Bytes, depth: number): Field[] | undefined {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      if (number > MAX_NUMBER) return undefined;
      if (type === WireType.Varint) fields.push({ number, type, value: BigInt(reader.uint64()) });
      else if (type === WireType.LengthDelimited) {
        const value = new Uint8Array(reader.bytes());
        const message = depth < MAX_DEPTH && value.length > 1 ? parse(value, depth + 1) : undefined;
        fields.push({ number, type, value: message ?? value });
      } else if (type === WireType.Bit32 || type === WireType.Bit64) {
        const length = type === WireType.Bit32 ? 4 : 8;
        if (reader.pos + length > reader.len) return undefined;
        fields.push({ number, type, value: bytes.slice(reader.pos, reader.pos + length) });
        reader.pos += length;
      } else return undefined;
    }
  } catch {
    return undefined;
  }
  return fields;
}

function write(fields: readonly Field[]): Bytes {
  const writer = new BinaryWriter();
  for (const { number, type, value } of fields) {
    writer.tag(number, type);
    if (typeof value === 'bigint') writer.uint64(BigInt.asUintN(64, value));
    else if (type !== WireType.LengthDelimited) writer.raw(Array.isArray(value) ? write(value) : value);
    else writer.bytes(Array.isArray(value) ? write(value) : value);
  }
  return new Uint8Array(writer.finish());
}
