"""The lint of row security: reads the catalogue and tells each breach of SECURITY §6; none is the only good answer.

A rule is a statement that finds breaches: their subject, and what is wrong. What a policy says is read from the tree
that PostgreSQL keeps of it. What the lint cannot read (whether a policy says the right thing) the tests of isolation
try out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.store.embedded import APP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import asyncpg


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that the database breaks, and where."""

    rule: str
    subject: str
    detail: str


EXEMPT: Mapping[tuple[str, str], str] = {
    ("row_security", "alembic_version"): "Alembic's own; the service has no right to it",
    ("table_group", "alembic_version"): "no row of it belongs to anybody",
    ("table_group", "working_groups"): "the network knows which groups there are",
    ("table_group", "places"): "P-codes are facts of the network",
    ("table_group", "organisations"): "one registry for the network",
    ("table_group", "organisation_aliases"): "names in that registry",
    ("table_group", "organisation_links"): "whose unit or property they are",
    ("table_group", "trusted_documents"): "front ends serve every group",
    ("index_group", "ix_seats_subject"): "a bearer's seat is looked up before its group is known",
    ("policy_group", "seats.seats_select"): "as the index: the bearer's own seats",
    ("policy_group", "group_settings.group_settings_insert"): "the network opens a group; it reads none",
    ("policy_group", "jurisdictions.jurisdictions_insert"): "as group_settings",
    ("policy_group", "persons.persons_insert"): "the network gives a group its first coordinator",
    ("policy_group", "seats.seats_insert"): "as persons",
    ("policy_group", "audit_lines.audit_lines_insert"): "its acts are written down for the group they concern",
    ("index_group", "ix_invitations_code_hash"): "an invitation is looked up before its group is known",
    ("policy_group", "invitations.invitations_select"): "as the index; and who made it, from outside the group",
    ("policy_group", "invitations.invitations_insert"): "as seats",
    ("policy_group", "seat_terms.seat_terms_insert"): "as seats",
    ("policy_group", "seats.seats_update"): "as the index: who was invited takes the seat",
    ("policy_group", "group_standings.group_standings_insert"): "the network says how far a group has joined",
    ("policy_group", "jurisdictions.jurisdictions_update"): "as group_settings: the network says what a group covers",
    ("policy_group", "group_standings.group_standings_select"): "the network's overview",
    ("policy_group", "group_phases.group_phases_select"): "the network's overview",
    ("policy_group", "seat_terms.seat_terms_select"): "the network's overview: pillars and terms, nobody's name",
    ("policy_group", "jurisdictions.jurisdictions_select"): "the network's overview",
    (
        "policy_wall",
        "stand_ins",
    ): "the policies of walls read it; it is never published, and is its seat's own",
    ("policy_group", "outbox_items.outbox_items_insert"): "the network tells each group's worker of a new link",
}
"""Breaches that are meant, by rule and subject, each with its reason."""

CONTEXT = r"""
WITH app AS (SELECT oid FROM pg_roles WHERE rolname = $1::text),
schemas AS (
  SELECT * FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'
),
relations AS (
  SELECT c.*, c.oid::regclass::text AS name FROM pg_class c WHERE relnamespace IN (SELECT oid FROM schemas)
),
tables AS (
  SELECT r.*, a.attnum AS grouped, a.attnotnull AS grouped_always
  FROM relations r LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = 'group_id' AND NOT a.attisdropped
  WHERE r.relkind IN ('r', 'p')
),
functions AS (
  SELECT p.*, p.oid::regprocedure::text AS name FROM pg_proc p
  WHERE pronamespace IN (SELECT oid FROM schemas) AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  )
),
policies AS (
  SELECT p.*, t.name || '.' || polname AS name, t.name AS table_name, t.grouped
  FROM pg_policy p JOIN tables t ON t.oid = p.polrelid
),
grants AS (
  SELECT name, 'relation' AS kind, a.* FROM relations, aclexplode(relacl) a
  UNION ALL
  SELECT r.name || '.' || attname, 'relation', a.*
  FROM pg_attribute JOIN relations r ON r.oid = attrelid, aclexplode(attacl) a
  UNION ALL
  SELECT name, 'function', a.* FROM functions, aclexplode(coalesce(proacl, acldefault('f', proowner))) a
  UNION ALL
  SELECT nspname::text, 'schema', a.* FROM schemas, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
  UNION ALL
  SELECT 'the database', 'database', a.*
  FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a WHERE datname = current_database()
  UNION ALL
  SELECT 'what is made later', 'default', a.* FROM pg_default_acl, aclexplode(defaclacl) a
)
"""
"""What the rules read: ours alone, and what extensions bring only where it holds rows."""

TABLES: Mapping[str, str] = {
    "row_security": """
        SELECT name AS subject, CASE WHEN relrowsecurity THEN 'is not forced' ELSE 'is not enabled' END AS detail
        FROM tables WHERE NOT (relrowsecurity AND relforcerowsecurity)""",
    "table_group": """
        SELECT name AS subject, 'has no group_id that is always there' AS detail
        FROM tables WHERE grouped IS NULL OR NOT grouped_always""",
    "foreign_table": "SELECT name AS subject, 'has no row security' AS detail FROM relations WHERE relkind = 'f'",
    "materialised_view": "SELECT name AS subject, 'shows all rows' AS detail FROM relations WHERE relkind = 'm'",
    "view_invoker": """
        SELECT name AS subject, 'reads with the rights of its owner' AS detail FROM relations
        WHERE relkind = 'v' AND NOT EXISTS (
          SELECT FROM unnest(reloptions) o WHERE o ~* '^security_invoker=(true|on|yes|1)$'
        )""",
    "enum_type": """
        SELECT oid::regtype::text AS subject, 'is an enum of PostgreSQL, whose = is not leakproof' AS detail
        FROM pg_type WHERE typtype = 'e' AND typnamespace IN (SELECT oid FROM schemas)""",
    "key_counts": """
        SELECT name AS subject, 'is a sequence: numbers without gaps count rows' AS detail
        FROM relations WHERE relkind = 'S'
        UNION ALL
        SELECT t.name || '.' || attname, 'is an identity column' FROM pg_attribute JOIN tables t ON t.oid = attrelid
        WHERE attidentity <> ''""",
}

KEYS: Mapping[str, str] = {
    "key_group": """
        SELECT indexrelid::regclass::text AS subject, 'is unique across groups' AS detail
        FROM pg_index JOIN tables t ON t.oid = indrelid
        WHERE (indisunique OR indisexclusion) AND grouped IS NOT NULL
          AND grouped <> ALL ((string_to_array(indkey::text, ' ')::smallint[])[:indnkeyatts])""",
    "index_group": """
        SELECT indexrelid::regclass::text AS subject, 'does not start with group_id' AS detail
        FROM pg_index JOIN tables t ON t.oid = indrelid WHERE grouped IS NOT NULL AND indkey[0] <> grouped""",
    "foreign_key_group": """
        SELECT t.name || '.' || conname AS subject, 'refers to rows of other groups' AS detail
        FROM pg_constraint JOIN tables t ON t.oid = conrelid JOIN tables far ON far.oid = confrelid
        WHERE contype = 'f' AND far.grouped IS NOT NULL AND NOT EXISTS (
          SELECT FROM unnest(conkey, confkey) AS pair(near_column, far_column)
          WHERE near_column = t.grouped AND far_column = far.grouped
        )""",
}

POLICIES: Mapping[str, str] = {
    "policy_missing": """
        SELECT t.name AS subject, 'may be used for ' || command || ', which no policy allows for' AS detail
        FROM app, tables t, (VALUES ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd')) c(command, code)
        WHERE CASE command WHEN 'DELETE' THEN has_table_privilege(app.oid, t.oid, command)
            ELSE has_any_column_privilege(app.oid, t.oid, command) END
          AND NOT EXISTS (
            SELECT FROM pg_policy WHERE polrelid = t.oid AND polpermissive AND app.oid = ANY (polroles)
              AND polcmd::text IN (code, '*')
          )""",
    "policy_public": "SELECT name AS subject, 'is for PUBLIC' AS detail FROM policies WHERE 0 = ANY (polroles)",
    "policy_permissive": """
        SELECT table_name AS subject, 'has several permissive policies for one command: either lets in' AS detail
        FROM policies CROSS JOIN unnest(polroles) AS role, (VALUES ('r'), ('a'), ('w'), ('d')) c(code)
        WHERE polpermissive AND polcmd::text IN (code, '*') GROUP BY table_name, role, code HAVING count(*) > 1""",
    "policy_check": """
        SELECT name AS subject, 'has no WITH CHECK' AS detail
        FROM policies WHERE polcmd IN ('a', 'w', '*') AND polwithcheck IS NULL""",
    "policy_seat": r"""
        SELECT name AS subject, 'does not ask who acts' AS detail
        FROM policies, LATERAL (VALUES (polqual), (polwithcheck)) said(tree)
        WHERE polpermissive AND tree IS NOT NULL AND pg_get_expr(tree, polrelid) !~ '\mseat_\w+\('""",
}

WALLED = """
    WITH RECURSIVE casework AS (
      SELECT oid FROM tables WHERE name IN ('cases', 'requests')
      UNION
      SELECT conrelid FROM pg_constraint JOIN casework ON confrelid = casework.oid WHERE contype = 'f'
    )
    SELECT name AS subject, 'has a path to a case and no wall: no restrictive policy for every command' AS detail
    FROM tables JOIN casework USING (oid)
    WHERE NOT EXISTS (
      SELECT FROM policies
      JOIN pg_depend ON classid = 'pg_policy'::regclass AND objid = policies.oid AND refclassid = 'pg_class'::regclass
      WHERE polrelid = tables.oid AND NOT polpermissive AND polcmd = '*' AND refobjid <> tables.oid
        AND (refobjid = to_regclass('walls') OR refobjid IN (SELECT oid FROM casework)))"""
"""The conflict wall (SECURITY §6) stands before whatever refers to a case or request, at any remove: it looks at
`walls`, or at the row that this one belongs to."""

GRANTS: Mapping[str, str] = {
    "grant_public": "SELECT name AS subject, privilege_type || ' for PUBLIC' AS detail FROM grants WHERE grantee = 0",
    "grant_excess": """
        SELECT name AS subject, privilege_type || CASE WHEN is_grantable THEN ', to be given on' ELSE '' END AS detail
        FROM grants JOIN app ON app.oid = grantee WHERE is_grantable OR NOT CASE kind
          WHEN 'relation' THEN privilege_type IN ('SELECT', 'INSERT', 'UPDATE')
          WHEN 'function' THEN privilege_type = 'EXECUTE'
          WHEN 'schema' THEN privilege_type = 'USAGE'
          WHEN 'database' THEN privilege_type = 'CONNECT'
          ELSE false END""",
    "function_definer": "SELECT name AS subject, 'is SECURITY DEFINER' AS detail FROM functions WHERE prosecdef",
    "function_leakproof": "SELECT name AS subject, 'is marked LEAKPROOF' AS detail FROM functions WHERE proleakproof",
}

ROLE: Mapping[str, str] = {
    "role_missing": "SELECT $1::text AS subject, 'is not there' AS detail WHERE NOT EXISTS (SELECT FROM app)",
    "role_rights": """
        SELECT rolname AS subject, named AS detail FROM pg_roles JOIN app USING (oid), LATERAL (VALUES
          (rolsuper, 'SUPERUSER'), (rolbypassrls, 'BYPASSRLS'), (rolcreaterole, 'CREATEROLE'),
          (rolcreatedb, 'CREATEDB'), (rolreplication, 'REPLICATION')) held(has, named) WHERE has""",
    "role_member": """
        SELECT roleid::regrole::text AS subject, 'has the service''s role as a member' AS detail
        FROM pg_auth_members JOIN app ON app.oid = member""",
    "role_owner": """
        SELECT coalesce(pg_describe_object(classid, objid, 0), 'something') AS subject,
          'belongs to the service''s role' AS detail
        FROM pg_shdepend JOIN app ON app.oid = refobjid
        WHERE refclassid = 'pg_authid'::regclass AND deptype = 'o'
          AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))""",
    "role_timeout": """
        SELECT wanted AS subject, 'is not set on the service''s role' AS detail
        FROM app, unnest('{statement_timeout,lock_timeout,idle_in_transaction_session_timeout}'::text[]) wanted
        WHERE coalesce((
          SELECT split_part(said, '=', 2) FROM pg_db_role_setting, unnest(setconfig) said
          WHERE setrole = app.oid AND split_part(said, '=', 1) = wanted
            AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
          ORDER BY setdatabase DESC LIMIT 1), '0') ~ '^0'""",
    "seat_setting": r"""
        SELECT said AS subject, 'seats every connection' AS detail FROM pg_db_role_setting, unnest(setconfig) said
        WHERE said ~ '^baraza\.'
          AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))""",
}

RULES = {**TABLES, **KEYS, **POLICIES, "policy_wall": WALLED, **GRANTS, **ROLE}
EVERY_RULE = " UNION ALL ".join(
    f"SELECT '{rule}', subject, detail FROM ({statement}) AS found"  # noqa: S608 - made of constants
    for rule, statement in RULES.items()
)

EXPRESSIONS = """
SELECT name, polpermissive AS permissive, grouped, tree::text AS tree
FROM policies, LATERAL (VALUES (polqual), (polwithcheck)) said(tree) WHERE tree IS NOT NULL
"""
SEAT_GROUP = "SELECT oid FROM functions WHERE proname = 'seat_group'"
LEAKY = "SELECT oid::regprocedure::text AS name FROM pg_proc WHERE NOT proleakproof AND oid = ANY ($1::oid[])"
BOOLEAN = "16"
PART = re.compile(r"(?<!\\)\{(\w+)([^{}]*)|(?<!\\)\}")
CALLED = {"OPEXPR": "opfuncid", "SCALARARRAYOPEXPR": "opfuncid", "DISTINCTEXPR": "opfuncid", "FUNCEXPR": "funcid"}


async def breaches(connection: asyncpg.Connection[asyncpg.Record]) -> list[Breach]:
    """Every breach that is not exempt. Any role may ask: the catalogue is open."""
    found = [Breach(*row) for row in await connection.fetch(CONTEXT + EVERY_RULE, APP)]
    found.extend(await _of_expressions(connection))
    return [breach for breach in found if (breach.rule, breach.subject) not in EXEMPT]


@dataclass(slots=True)
class Node:
    """A part of an expression as PostgreSQL keeps it: `{NAME :attribute value … {CHILD …} …}`."""

    name: str
    text: str
    children: list[Node] = field(default_factory=list)

    def value(self, attribute: str) -> str:
        found = re.search(rf":{attribute} (\S+)", self.text)
        return found.group(1) if found else ""

    def inside(self) -> Iterator[Node]:
        """The parts of it, at any depth."""
        for child in self.children:
            yield child
            yield from child.inside()


def parsed(tree: str) -> Node:
    """The root of a `pg_node_tree`'s text."""
    root = Node("", "")
    path = [root]
    for found in PART.finditer(tree):
        if found.group(1) is None:
            path.pop()
        else:
            node = Node(found.group(1), found.group(2))
            path[-1].children.append(node)
            path.append(node)
    return root.children[0]


async def _of_expressions(connection: asyncpg.Connection[asyncpg.Record]) -> list[Breach]:
    seat_group = str(await connection.fetchval(CONTEXT + SEAT_GROUP, APP))
    found = []
    for row in await connection.fetch(CONTEXT + EXPRESSIONS, APP):
        root = parsed(row["tree"])
        if any(_is_true(part) for part in _joined(root)):
            found.append(Breach("policy_true", row["name"], "is true for every row"))
        if row["permissive"] and row["grouped"] and not _in_group(root, row["grouped"], seat_group):
            found.append(Breach("policy_group", row["name"], "does not ask for the acting seat's group on every path"))
        called = {int(each) for each in _called_on_columns(root)}
        found.extend(
            Breach("policy_leaky", row["name"], f"{leaky['name']} on a column is not leakproof")
            for leaky in await connection.fetch(LEAKY, called)
        )
    return found


def _joined(node: Node) -> Iterator[Node]:
    """The conditions that AND, OR and NOT join."""
    if node.name != "BOOLEXPR":
        yield node
        return
    for child in node.children:
        yield from _joined(child)


def _is_true(node: Node) -> bool:
    return node.name == "CONST" and node.value("consttype") == BOOLEAN and "[ 1 " in node.text


def _in_group(node: Node, column: int, seat_group: str) -> bool:
    """Whether every row that the condition lets in is of the acting seat's group."""
    if node.name == "BOOLEXPR":
        parts = [_in_group(child, column, seat_group) for child in node.children]
        return {"and": any(parts), "or": all(parts)}.get(node.value("boolop"), False)
    asked = any(part.name == "FUNCEXPR" and part.value("funcid") == seat_group for part in node.inside())
    return node.name == "OPEXPR" and asked and any(_is_column(child, column) for child in node.children)


def _is_column(node: Node, column: int) -> bool:
    return node.name == "VAR" and node.value("varattno") == str(column) and node.value("varlevelsup") == "0"


def _called_on_columns(node: Node, called: str | None = None) -> Iterator[str]:
    """The functions and operators that the row's columns are handed to; what a subquery does is not looked into."""
    if node.name == "VAR" and called is not None:
        yield called
    if node.name == "QUERY":
        return
    inner = node.value(CALLED[node.name]) if node.name in CALLED else called
    for child in node.children:
        yield from _called_on_columns(child, inner)
