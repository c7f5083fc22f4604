import { UserError } from '../errors.js';
import { PickleReader } from './pickle-reader.js';
import { PickleDict, PickleGlobal, PickleTuple } from './pickle-value.js';
import type { PickleHost, PickleValue } from './pickle-value.js';

/**
 * Reads a pickle of protocol 2 to 5 made of plain data (None, bool, int, float, str, list, tuple, dict) and of what
 * `host` allows. Python's own reader runs whatever a pickle asks for; this one calls nothing but `host`, which
 * answers from a fixed list. Time and memory are linear in the bytes given.
 * @param name what errors call the pickle.
 * @throws UserError if it asks for a global that the host does not allow, for an operation that plain data does not
 *   need, or is damaged.
 */
export function unpickle(name: string, bytes: Uint8Array<ArrayBuffer>, host: PickleHost): PickleValue {
  return unpickleAt(name, bytes, 0, host).value;
}

/** Likewise, a pickle that begins at `begin`; `end` is where it ends, whatever follows there. */
export function unpickleAt(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  begin: number,
  host: PickleHost,
): { value: PickleValue; end: number } {
  const reader = new PickleReader(name, bytes, begin);
  const value = new Machine(name, reader, host).run();
  return { value, end: reader.position };
}

/** The stack machine of Python's `pickletools`; opcodes are named in comments as they are there. */
class Machine {
  private stack: PickleValue[] = [];
  /** The stacks below each open mark. */
  private readonly marks: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly name: string,
    private readonly reader: PickleReader,
    private readonly host: PickleHost,
  ) {}

  run(): PickleValue {
    for (;;) {
      const opcode = this.reader.u8();
      if (opcode === 0x2e) return this.pop(); // STOP
      if (!this.constant(opcode) && !this.container(opcode) && !this.reference(opcode)) {
        throw this.reader.damaged(
          `uses the operation 0x${opcode.toString(16)}, which weights have no need of`,
        );
      }
    }
  }

  private constant(opcode: number): boolean {
    const { reader } = this;
    switch (opcode) {
      case 0x80: // PROTO
        reader.skip(1);
        return true;
      case 0x95: // FRAME
        reader.skip(8);
        return true;
      case 0x4e: // NONE
        return this.push(null);
      case 0x88: // NEWTRUE
        return this.push(true);
      case 0x89: // NEWFALSE
        return this.push(false);
      case 0x4b: // BININT1
        return this.push(reader.u8());
      case 0x4d: // BININT2
        return this.push(reader.u16());
      case 0x4a: // BININT
        return this.push(reader.i32());
      case 0x8a: // LONG1
        return this.push(reader.long(reader.u8()));
      case 0x47: // BINFLOAT
        return this.push(reader.f64());
      case 0x58: // BINUNICODE
        return this.push(reader.text(reader.u32()));
      case 0x8c: // SHORT_BINUNICODE
        return this.push(reader.text(reader.u8()));
      case 0x54: // BINSTRING, from Python 2
        return this.push(reader.text(reader.u32()));
      case 0x55: // SHORT_BINSTRING, from Python 2
        return this.push(reader.text(reader.u8()));
      default:
        return false;
    }
  }

  private container(opcode: number): boolean {
    switch (opcode) {
      case 0x28: // MARK
        this.marks.push(this.stack);
        this.stack = [];
        return true;
      case 0x7d: // EMPTY_DICT
        return this.push(new PickleDict());
      case 0x5d: // EMPTY_LIST
        return this.push([]);
      case 0x29: // EMPTY_TUPLE
        return this.push(new PickleTuple([]));
      case 0x74: // TUPLE
        return this.push(new PickleTuple(this.popMark()));
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.push(new PickleTuple(this.popMany(opcode - 0x84)));
      case 0x61: // APPEND
        return this.append([this.pop()]);
      case 0x65: // APPENDS
        return this.append(this.popMark());
      case 0x73: // SETITEM
        return this.setItems(this.popMany(2));
      case 0x75: // SETITEMS
        return this.setItems(this.popMark());
      default:
        return false;
    }
  }

  private reference(opcode: number): boolean {
    const { reader } = this;
    switch (opcode) {
      case 0x71: // BINPUT
        return this.remember(reader.u8());
      case 0x72: // LONG_BINPUT
        return this.remember(reader.u32());
      case 0x94: // MEMOIZE
        return this.remember(this.memo.size);
      case 0x68: // BINGET
        return this.recall(reader.u8());
      case 0x6a: // LONG_BINGET
        return this.recall(reader.u32());
      case 0x63: // GLOBAL
        return this.global(reader.line(), reader.line());
      case 0x93: {
        // STACK_GLOBAL
        const [module, attribute] = this.popMany(2);
        if (typeof module === 'string' && typeof attribute === 'string')
          return this.global(module, attribute);
        throw reader.damaged('names a global by something other than text');
      }
      case 0x51: // BINPERSID
        return this.push(this.host.persistent(this.pop()));
      case 0x52: {
        // REDUCE
        const [callee, args] = this.popMany(2);
        if (!(callee instanceof PickleGlobal) || !(args instanceof PickleTuple)) {
          throw reader.damaged('calls something that is no global');
        }
        return this.push(this.host.call(callee.name, args.items));
      }
      case 0x62: // BUILD
        // A state dict is an OrderedDict with the attribute `_metadata`, which says nothing about its tensors.
        this.pop();
        if (this.peek() instanceof PickleDict) return true;
        throw reader.damaged('sets the state of something that is no dict');
      default:
        return false;
    }
  }

  private push(value: PickleValue): true {
    this.stack.push(value);
    return true;
  }

  private peek(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined) throw this.reader.damaged('takes more values than it gave');
    return value;
  }

  private pop(): PickleValue {
    const value = this.peek();
    this.stack.pop();
    return value;
  }

  private popMany(count: number): PickleValue[] {
    if (this.stack.length < count) throw this.reader.damaged('takes more values than it gave');
    return this.stack.splice(this.stack.length - count);
  }

  private popMark(): PickleValue[] {
    const items = this.stack;
    const below = this.marks.pop();
    if (below === undefined) throw this.reader.damaged('closes a list that it did not open');
    this.stack = below;
    return items;
  }

  private append(items: readonly PickleValue[]): true {
    const list = this.peek();
    if (!Array.isArray(list)) throw this.reader.damaged('appends to something that is no list');
    for (const item of items) list.push(item);
    return true;
  }

  private setItems(items: readonly PickleValue[]): true {
    const dict = this.peek();
    if (!(dict instanceof PickleDict)) throw this.reader.damaged('sets an item of something that is no dict');
    if (items.length % 2 !== 0) throw this.reader.damaged('gives a key without a value');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      if (typeof key !== 'string' && typeof key !== 'number') {
        throw this.reader.damaged('has a key that is neither text nor a number');
      }
      dict.items.set(key, items[i + 1]!);
    }
    return true;
  }

  private remember(slot: number): true {
    this.memo.set(slot, this.peek());
    return true;
  }

  private recall(slot: number): true {
    const value = this.memo.get(slot);
    if (value === undefined) throw this.reader.damaged('refers to a value that it did not give');
    return this.push(value);
  }

  private global(module: string, attribute: string): true {
    const name = `${module}.${attribute}`;
    if (this.host.allows(name)) return this.push(new PickleGlobal(name));
    throw new UserError(
      `${this.name} asks for "${name}", which is not among the few things that weights need, and nothing else is ` +
        'ever run; save only the tensors, with torch.save(model.state_dict(), …).',
    );
  }
}
