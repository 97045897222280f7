// PostGraphile 5 over the same tables as the same role: node postgraphile.mjs PORT, with the database in
// BENCH_DATABASE_URL, the seat to bind in BENCH_SEAT, and the groups' keys in BENCH_KEYS.
//
// Everything that it can make itself it makes itself. By hand there is what no library can know: opening and sealing
// narratives, and the act that writes a request's five rows.

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { sideEffectWithPgClientTransaction } from "postgraphile/@dataplan/pg";
import { makePgService } from "postgraphile/adaptors/pg";
import { lambda, list, object } from "postgraphile/grafast";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { extendSchema, gql } from "postgraphile/utils";

const seat = JSON.parse(process.env.BENCH_SEAT);
const group = seat["baraza.group"];
const keys = JSON.parse(readFileSync(process.env.BENCH_KEYS, "utf8"))[group];

const bytes = (uuid) => Buffer.from(uuid.replaceAll("-", ""), "hex");
const place = (column, id) => Buffer.concat([Buffer.from(column), bytes(group), bytes(id)]);

function decrypt(key, nonce, sealed, where) {
  const cipher = createDecipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(where);
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
}

function encrypt(key, nonce, text, where) {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(where);
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

// The form of api/store/sealing.py: version, key's number, nonce, wrapped data key, nonce, ciphertext.
function opened([sealed, caseId]) {
  const where = place("case_narratives.text", caseId);
  const key = Buffer.from(keys[sealed.readUInt32BE(1)], "base64");
  const dataKey = decrypt(key, sealed.subarray(5, 17), sealed.subarray(17, 65), where);
  return decrypt(dataKey, sealed.subarray(65, 77), sealed.subarray(77), where).toString();
}

function sealed(text, requestId) {
  const where = place("request_narratives.text", requestId);
  const number = Math.max(...Object.keys(keys).map(Number));
  const [dataKey, outer, inner] = [randomBytes(32), randomBytes(12), randomBytes(12)];
  const head = Buffer.alloc(5);
  head[0] = 1;
  head.writeUInt32BE(number, 1);
  const wrapped = encrypt(Buffer.from(keys[number], "base64"), outer, dataKey, where);
  return Buffer.concat([head, outer, wrapped, inner, encrypt(dataKey, inner, Buffer.from(text), where)]);
}

function newId() {
  const id = randomBytes(16);
  id.writeUIntBE(Date.now(), 0, 6);
  id[6] = 0x70 | (id[6] & 0x0f);
  id[8] = 0x80 | (id[8] & 0x3f);
  return id.toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

const BRING = `
WITH request AS (
  INSERT INTO requests (group_id, id, state, title, request_type, requester, urgency, incident_class, pcode,
    occurred_from, occurred_precision, brought_on, brought_precision, submitted_at, version)
  VALUES ($1, $2, 'SUBMITTED', $3, $4, $5, 'NORMAL', $6, $7, $8, $9, date_trunc('month', $10::date), 'MONTH', now(), 1)),
author AS (
  INSERT INTO request_authors (group_id, request_id, organisation_id, seat_id) VALUES ($1, $2, $11, $12))
INSERT INTO audit_lines (group_id, id, at, seat_id, act, outcome, subject_ids)
VALUES ($1, $13, now(), $12, 'request.submit', 'DONE', ARRAY[$2::uuid])`;
const TELL = `
WITH arrival AS (
  INSERT INTO request_arrivals (group_id, request_id, channel, brought_on, brought_precision)
  VALUES ($1, $2, $3, $4, 'DAY'))
INSERT INTO request_narratives (group_id, request_id, audience, text, occurred_from, occurred_precision)
VALUES ($1, $2, '{CSO,GOVERNMENT_INSTITUTION}', $5, $6, $7)`;

async function bring(client, asked) {
  const id = newId();
  const values = [
    group, id, asked.title, asked.requestType, asked.requester, asked.incidentClass, asked.pcode, asked.occurredFrom,
    asked.occurredPrecision, asked.broughtOn, seat["baraza.organisation"], seat["baraza.seat"], newId(),
  ];
  await client.query({ text: BRING, values, name: "bring" });
  const told = [
    group, id, asked.channel, asked.broughtOn, sealed(asked.narrative, id), asked.occurredFrom,
    asked.occurredPrecision,
  ];
  await client.query({ text: TELL, values: told, name: "tell" });
  return id;
}

const byHand = extendSchema((build) => {
  const { requests } = build.input.pgRegistry.pgResources;
  return {
    typeDefs: gql`
      extend type CaseNarrative {
        opened: String
      }
      input BringRequestInput {
        title: String!
        requestType: String!
        requester: String!
        channel: String!
        pcode: String!
        incidentClass: String
        occurredFrom: Date!
        occurredPrecision: String!
        broughtOn: Date!
        narrative: String!
      }
      type BringRequestPayload {
        request: Request
      }
      extend type Mutation {
        bringRequest(input: BringRequestInput!): BringRequestPayload
      }
    `,
    objects: {
      CaseNarrative: {
        plans: {
          opened: ($narrative) => lambda(list([$narrative.get("text"), $narrative.get("case_id")]), opened, true),
        },
      },
      Mutation: {
        plans: {
          bringRequest(_, fieldArgs) {
            const $id = sideEffectWithPgClientTransaction(requests.executor, fieldArgs.getRaw("input"), bring);
            return object({ id: $id });
          },
        },
      },
      BringRequestPayload: {
        plans: {
          request: ($payload) => requests.get({ group_id: lambda(null, () => group), id: $payload.get("id") }),
        },
      },
    },
  };
});

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [byHand],
  pgServices: [
    makePgService({
      connectionString: process.env.BENCH_DATABASE_URL,
      schemas: ["public"],
      poolConfig: { max: Number(process.env.BENCH_POOL), options: "-c default_transaction_isolation=repeatable\\ read" },
    }),
  ],
  grafast: { context: () => ({ pgSettings: seat }) },
  grafserv: { graphiql: false, watch: false },
});

const server = createServer();
await pgl.createServ(grafserv).addTo(server);
server.listen(Number(process.argv[2]), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
