// Counts what passed, keeps what failed with its reason.

const only = process.env.ONLY ?? "";
export const failures = [];
let passed = 0;

export function pass() { passed += 1; }

export function fail(name, why) {
  failures.push({ name, why });
  console.log(`  ✗ ${name}\n      ${String(why).split("\n").slice(0, 12).join("\n      ")}`);
}

/** Runs one named test; a thrown error is its failure. */
export async function test(name, run) {
  if (only && !name.includes(only)) return;
  const start = Date.now();
  try {
    await run();
    passed += 1;
    console.log(`  ✓ ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  } catch (problem) {
    fail(name, problem.message ?? problem);
  }
}

export function expect(condition, why) {
  if (!condition) throw new Error(why);
}

export function close() {
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length === 0 && passed > 0 ? 0 : 1;
}
