// A second verifier, in another language, written from docs/reference/evidence-format.md alone: node and nothing else.
// Reads requests from stdin, one JSON object per line; answers `holds` or `refused: why` per line.
//   {"files": {name: base64}, "key": vkey, "handover": base64?, "witnesses": [vkey]?, "quorum": n?}
// One file named "" is a receipt, a checkpoint or a file of hand-overs; several are a package or a sealed segment.
import crypto from "node:crypto";
import readline from "node:readline";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const hash = (kind, ...parts) => parts.reduce((h, part) => h.update(part), crypto.createHash(kind)).digest();
const sha256 = (...parts) => hash("sha256", ...parts);
const must = (condition, why) => { if (!condition) throw new Error(why); };
const kindOf = (origin) => (origin.endsWith("/sm3") ? "sm3" : "sha256");
const leafOf = (kind, entry) => hash(kind, Buffer.of(0), entry);
const nodeOf = (kind, left, right) => hash(kind, Buffer.of(1), left, right);

// --- one spelling for everything
function base64(text, what, length) {
  const data = Buffer.from(text, "base64");
  must(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && data.toString("base64") === text, `${what}: base64`);
  must(length === undefined || data.length === length, `${what}: length`);
  return data;
}
function number(text) {
  must(/^(0|[1-9][0-9]{0,18})$/.test(text), "number");
  return BigInt(text);
}
function moment(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})Z$/.exec(text);
  must(parts && /^[\x20-\x7e]*$/.test(text) && parts[1] !== "0000", "moment");
  const [, year, month, day, hour, minute, second, micro] = parts.map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  must(date.toISOString().slice(0, 19) === text.slice(0, 19), "moment");
  return BigInt(date.getTime()) * 1000n + BigInt(micro);
}
function field(line, name) {
  must(line !== undefined && line.startsWith(`${name} `), `no line ${name}`);
  return line.slice(name.length + 1);
}
function utf8(data) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  must(!/[\x00-\x09\x0b-\x1f]/.test(text), "control characters");
  return text;
}
const byCodePoint = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

// --- keys
function parseKey(text) {
  const parts = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text.trim());
  must(parts, "key");
  const data = base64(parts[3], "key");
  const key = { name: parts[1], kind: data[0], public: data.subarray(1), text: text.trim() };
  must([1, 2, 4].includes(key.kind) && (key.kind === 2 || key.public.length === 32), "kind of key");
  const der = key.kind === 2 ? key.public : Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.public]);
  key.object = crypto.createPublicKey({ key: der, format: "der", type: "spki" });
  must(key.kind !== 2 || key.object.asymmetricKeyDetails.namedCurve === "prime256v1", "curve");
  must(key.kind !== 2 || key.object.export({ format: "der", type: "spki" }).equals(key.public), "key: DER");
  must(idOf(key, key.name).toString("hex") === parts[2], "key id");
  return key;
}
function idOf(key, name) {
  return (key.kind === 2 ? sha256(key.public) : sha256(name, "\n", Buffer.of(key.kind), key.public)).subarray(0, 4);
}
function integer(der, at) {
  const length = der[at + 1];
  const data = der.subarray(at + 2, at + 2 + length);
  must(der[at] === 2 && length > 0 && length < 34 && data.length === length, "ECDSA: DER");
  must(data[0] < 128 && !(length > 1 && data[0] === 0 && data[1] < 128), "ECDSA: DER");
  return [BigInt(`0x${data.toString("hex")}`), at + 2 + length];
}
function isSigned(key, signature, text) {
  if (key.kind !== 2) return crypto.verify(null, text, key.object, signature);
  must(signature[0] === 0x30 && signature[1] === signature.length - 2 && signature[1] < 128, "ECDSA: DER");
  const [, next] = integer(signature, 2);
  const [s, end] = integer(signature, next);
  must(end === signature.length && s <= ORDER / 2n, "ECDSA: s");
  return crypto.verify("sha256", text, { key: key.object, dsaEncoding: "der" }, signature);
}

// --- signed notes
function splitNote(note) {
  const at = note.lastIndexOf("\n\n");
  const lines = note.slice(at + 2).split("\n");
  must(at > 0 && lines.pop() === "" && lines.length >= 1 && lines.length <= 64, "signature lines");
  const signatures = lines.map((line) => {
    const parts = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line);
    must(parts, "signature line");
    return { name: parts[1], bytes: base64(parts[2], "signature") };
  });
  return [note.slice(0, at + 1), signatures];
}
function check(text, line, key, name) {
  must(line.name === name && line.bytes.subarray(0, 4).equals(idOf(key, name)), "not signed by this key");
  must(isSigned(key, line.bytes.subarray(4), Buffer.from(text)), "signature");
}
function statement(note, name, trust) {
  const [text, lines] = splitNote(note);
  must(lines.length === 1, "one signature line");
  const era = trust.eras.find((one) => idOf(one.key, name).equals(lines[0].bytes.subarray(0, 4)));
  must(era, "unknown key");
  check(text, lines[0], era.key, name);
  return [text.split("\n").slice(0, -1), era];
}
function checkpoint(note, trust) {
  const [text, [first, ...others]] = splitNote(note);
  const era = trust.eras.find((one) => idOf(one.key, trust.origin).equals(first.bytes.subarray(0, 4)));
  must(era, "unknown key");
  check(text, first, era.key, trust.origin);
  const said = text.split("\n");
  must(said.length === 4 && said[0] === trust.origin, "lines of the checkpoint");
  const size = number(said[1]);
  must(size >= era.first && size <= era.last, "key of another time");
  let before = null;
  let cosigned = 0;
  for (const line of others) {
    const order = before && (byCodePoint(before.name, line.name) || Buffer.compare(before.bytes, line.bytes));
    must(before === null || order < 0, "order of cosignatures");
    const id = line.bytes.subarray(0, 4);
    must(!(line.name === trust.origin && trust.eras.some((one) => idOf(one.key, line.name).equals(id))), "a second line of the log");
    const witness = trust.witnesses.find((key) => key.name === line.name && idOf(key, key.name).equals(id));
    if (witness) {
      const time = line.bytes.length === 76 ? line.bytes.readBigUInt64BE(4) : 2n ** 64n;
      must(time < 2n ** 40n, "cosignature");
      must(isSigned(witness, line.bytes.subarray(12), Buffer.from(`cosignature/v1\ntime ${time}\n${text}`)), "cosignature");
      cosigned += 1;
    }
    before = line;
  }
  must(cosigned >= trust.quorum, "quorum");
  return { size, root: base64(said[2], "root", 32) };
}

// --- hand-overs
function follow(data, anchor) {
  const all = [{ key: anchor, first: 0n, last: 2n ** 63n, until: null }];
  const lines = utf8(data).split("\n");
  must(lines.pop() === "" && lines.length % 10 === 0, "lines of hand-overs");
  if (lines.length === 0) return all;
  const name = `${anchor.name}/handover`;
  const eras = [];
  for (let n = 0; n < lines.length; n += 10) {
    const [text, signatures] = splitNote(`${lines.slice(n, n + 10).join("\n")}\n`);
    const said = text.split("\n");
    must(said.length === 8 && said[0] === name && said[1] === `govshare/handover@v1+${kindOf(anchor.name)}`, "hand-over");
    const [from, to] = [field(said[4], "from"), field(said[5], "to")].map((one) => (must(one === one.trim(), "key"), parseKey(one)));
    must(signatures.length === 2 && [from, to].every((key) => key.kind !== 4 && key.name === anchor.name), "hand-over");
    check(text, signatures[0], from, name);
    check(text, signatures[1], to, name);
    const [size, at] = [number(field(said[2], "size")), moment(field(said[6], "at"))];
    base64(field(said[3], "root"), "root", 32);
    if (eras.length === 0) eras.push({ key: from, first: 0n });
    const last = eras[eras.length - 1];
    must(last.key.text === from.text && !eras.some((one) => one.key.text === to.text), "hand-overs do not follow");
    must(size >= last.first && (last.since === undefined || at > last.since), "order of hand-overs");
    Object.assign(last, { last: size, until: at });
    eras.push({ key: to, first: size, last: 2n ** 63n, until: null, since: at });
  }
  must(eras.some((one) => one.key.text === anchor.text), "hand-overs of another key");
  return eras;
}
const isOver = (era, at) => era.until !== null && at > era.until + 60_000_000n;

// --- the tree
function rootOf(kind, leaf, index, size, path) {
  must(index < size, "index");
  let [first, last, root] = [index, size - 1n, leaf];
  for (const sibling of path) {
    must(last !== 0n, "too many hashes");
    if (first & 1n || first === last) {
      root = nodeOf(kind, sibling, root);
      while (first && !(first & 1n)) [first, last] = [first >> 1n, last >> 1n];
    } else root = nodeOf(kind, root, sibling);
    [first, last] = [first >> 1n, last >> 1n];
  }
  must(last === 0n, "too few hashes");
  return root;
}
function continues(kind, old, head, path) {
  if (old.size === head.size) return path.length === 0 && old.root.equals(head.root);
  if (old.size > head.size || path.length === 0) return false;
  const steps = (old.size & (old.size - 1n)) === 0n ? [old.root, ...path] : [...path];
  let [first, last] = [old.size - 1n, head.size - 1n];
  while (first & 1n) [first, last] = [first >> 1n, last >> 1n];
  let [was, is] = [steps[0], steps[0]];
  for (const sibling of steps.slice(1)) {
    if (last === 0n) return false;
    if (first & 1n || first === last) {
      [was, is] = [nodeOf(kind, sibling, was), nodeOf(kind, sibling, is)];
      while (first && !(first & 1n)) [first, last] = [first >> 1n, last >> 1n];
    } else is = nodeOf(kind, is, sibling);
    [first, last] = [first >> 1n, last >> 1n];
  }
  return last === 0n && was.equals(old.root) && is.equals(head.root);
}
function grow(kind, size, edge, leaves) {
  const roots = [...edge];
  for (const leaf of leaves) {
    let [rest, node] = [size, leaf];
    for (; rest & 1n; rest >>= 1n) node = nodeOf(kind, roots.pop(), node);
    roots.push(node);
    size += 1n;
  }
  return roots.reduceRight((right, left) => nodeOf(kind, left, right));
}

// --- receipts
function entry(body, kind) {
  const read = JSON.parse(utf8(body));
  must(["v1", "v2"].some((version) => read.v === `govshare/entry@${version}+${kind}`), "version of the entry");
}
function receipt(data, trust) {
  const text = utf8(data);
  const kind = kindOf(trust.origin);
  const first = text.split("\n", 1)[0];
  if (first === "c2sp.org/tlog-proof@v1") {
    const at = text.indexOf("\n\n");
    const lines = text.slice(first.length + 1, at).split("\n");
    must(at > first.length && lines.length >= 2, "lines");
    const body = base64(field(lines[0], "extra"), "entry");
    const path = lines.slice(2).map((line) => base64(line, "hash", 32));
    const head = checkpoint(text.slice(at + 2), trust);
    must(rootOf(kind, leafOf(kind, body), number(field(lines[1], "index")), head.size, path).equals(head.root), "root");
    entry(body, kind);
    return { body, stage: 2 };
  }
  const [lines, era] = statement(text, `${trust.origin}/promise`, trust);
  must(first === `${trust.origin}/promise` && lines.length === 8 && lines[1] === `govshare/promise@v1+${kind}`, "promise");
  const number_ = `HZ-${number(field(lines[2], "batch"))}-${number(field(lines[3], "ordinal"))}`;
  const body = base64(field(lines[7], "entry"), "entry");
  must(leafOf(kind, body).equals(base64(field(lines[4], "leaf"), "leaf", 32)), "leaf");
  moment(field(lines[6], "by"));
  must(!isOver(era, moment(field(lines[5], "at"))), "key of another time");
  entry(body, kind);
  return { body, stage: 1, number: number_ };
}

// --- folders
function stated(lines, files, self) {
  const names = lines.map((line) => {
    const rest = field(line, "file");
    const name = rest.slice(0, rest.lastIndexOf(" "));
    must(files.has(name) && sha256(files.get(name)).equals(base64(rest.slice(name.length + 1), "file", 32)), `file ${name}`);
    return name;
  });
  must(names.every((name, n) => name !== "" && (n === 0 || byCodePoint(names[n - 1], name) < 0)), "order of files");
  must(files.size === names.length + 1 && files.has(self), "missing or additional files");
}
function packed(files, trust) {
  const kind = kindOf(trust.origin);
  const [lines, era] = statement(utf8(files.get("package")), `${trust.origin}/package`, trust);
  must(lines[0] === `${trust.origin}/package` && lines[1] === `govshare/package@v1+${kind}`, "package");
  must(!isOver(era, moment(field(lines[2], "at"))), "key of another time");
  stated(lines.slice(4), files, "package");
  const bodies = [];
  for (const [name, data] of files) {
    const parts = /^(?:.*\/)?(HZ-[1-9]\d{0,18}-(?:0|[1-9]\d{0,8}))\.(tlog-proof|promise)$/.exec(name);
    if (!parts) continue;
    const holds = receipt(data, trust);
    must(holds.stage === (parts[2] === "promise" ? 1 : 2) && (holds.number ?? parts[1]) === parts[1], `name ${name}`);
    bodies.push(holds.body.toString("latin1"));
  }
  must(BigInt(bodies.length) === number(field(lines[3], "entries")), "number of receipts");
  if (!files.has("list.jsonl")) return;
  const list = files.get("list.jsonl").toString("latin1").split("\n");
  must(list.pop() === "" && JSON.stringify(list.sort()) === JSON.stringify(bodies.sort()), "list");
}
function sealed(files, trust) {
  const kind = kindOf(trust.origin);
  const [lines] = statement(utf8(files.get("manifest")), `${trust.origin}/segment`, trust);
  must(lines[0] === `${trust.origin}/segment` && lines[1] === `govshare/segment@v1+${kind}`, "manifest");
  const [first, end] = [number(field(lines[2], "first")), number(field(lines[3], "end"))];
  const take = (word) => {
    const taken = [];
    while (lines[at] !== undefined && lines[at].startsWith(`${word} `)) taken.push(lines[at++]);
    return taken;
  };
  let at = 5;
  const hashes = (word) => take(word).map((line) => base64(field(line, word), word, 32));
  const [edge, path, listed] = [hashes("before"), hashes("consistency"), take("file")];
  stated(listed, files, "manifest");
  moment(field(lines[at], "earliest"));
  moment(field(lines[at + 1], "latest"));
  must(number(field(lines[at + 2], "entries")) === end - first && lines.length === at + 3, "lines of the manifest");
  must(first < end && first % 256n === 0n && end % 256n === 0n, "range");
  must(edge.length === first.toString(2).replaceAll("0", "").length, "subtrees before");
  const root = base64(field(lines[4], "root"), "root", 32);
  must(continues(kind, { size: end, root }, checkpoint(utf8(files.get("checkpoint")), trust), path), "consistency");
  const data = files.get("leaves.bin");
  const leaves = Array.from({ length: data.length / 32 }, (_, n) => data.subarray(n * 32, n * 32 + 32));
  must(data.length === Number(end - first) * 32 && grow(kind, first, edge, leaves).equals(root), "leaves");
  const nodes = leaves.flatMap((_, n) => (n % 256 ? [] : [grow(kind, 0n, [], leaves.slice(n, n + 256))]));
  must(Buffer.concat(nodes).equals(files.get("nodes.bin")), "nodes");
}

function answer(asked) {
  const key = parseKey(asked.key);
  must(key.kind !== 4, "key");
  const trust = { origin: key.name, witnesses: (asked.witnesses ?? []).map(parseKey), quorum: asked.quorum ?? 0 };
  trust.eras = follow(Buffer.from(asked.handover ?? "", "base64"), key);
  const files = new Map(Object.entries(asked.files).map(([name, data]) => [name, Buffer.from(data, "base64")]));
  if (files.has("package")) return packed(files, trust);
  if (files.has("manifest")) return sealed(files, trust);
  const one = files.get("");
  const first = one.toString("utf8").split("\n", 1)[0];
  if (first === trust.origin) return checkpoint(utf8(one), trust);
  if (first === `${trust.origin}/handover`) return follow(one, key);
  return receipt(one, trust);
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  try {
    answer(JSON.parse(line));
    console.log("holds");
  } catch (problem) {
    console.log(`refused: ${problem.message.split("\n")[0]}`);
  }
}
