"""validate.py SCHEMA LINES: is every line an instance of the schema? Knows the keywords that ours uses, and takes a field
that the schema does not name for a fault: what is written must be published."""
import json
import sys

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}


def check(value, schema, root, path):
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if "const" in schema and value != schema["const"]:
        return [f"{path}: {value!r} is not {schema['const']!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{path}: {value!r} is none of {schema['enum']}"]
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(isinstance(value, TYPES[n]) and not (n == "integer" and isinstance(value, bool)) for n in names):
            return [f"{path}: {value!r} is no {names}"]
    faults = []
    if isinstance(value, dict):
        faults += [f"{path}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, inner in value.items():
            if name not in schema.get("properties", {}):
                faults.append(f"{path}.{name}: not in the schema")
            else:
                faults += check(inner, schema["properties"][name], root, f"{path}.{name}")
    if isinstance(value, list):
        for i, inner in enumerate(value):
            faults += check(inner, schema["items"], root, f"{path}[{i}]")
    return faults


schema = json.load(open(sys.argv[1]))
faults = []
for number, line in enumerate(open(sys.argv[2]), 1):
    faults += check(json.loads(line), schema, schema, f"line {number}")
print("\n".join(faults[:20]))
sys.exit(bool(faults))
