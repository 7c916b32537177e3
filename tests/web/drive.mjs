// Drives the web app as people use it, in a real Chromium, in both languages: set-up, sample data, every page (axe, sizes,
// console), an upload with bad rows fixed and committed, a budget edited by two, submitted, returned and approved by different
// people, and the way from the overview to a row of a bill. Ends with status 1 when anything is not as it should be.
//   node drive.mjs BASE_URL SET_UP_PATH FOLDER_FOR_PICTURES
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [base, setUp, pictures] = process.argv.slice(2);
mkdirSync(pictures, { recursive: true });
const password = "correct horse 9";
const wrong = [];
const expect = (holds, what) => {
  console.log(`${holds ? "ok  " : "BAD "} ${what}`);
  if (!holds) wrong.push(what);
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const open = async (language, scheme = "light", viewport = { width: 1440, height: 900 }) => {
  const context = await browser.newContext({ viewport, colorScheme: scheme, locale: language, bypassCSP: false });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" && !/40[0-9]|409|422/.test(message.text())) wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${error}`));
  return page;
};
const signIn = async (page, name) => {
  await page.goto(`${base}/sign-in`);
  await page.fill("[name=name]", name);
  await page.fill("[name=password]", password);
  await page.click("button.main");
  await page.waitForURL(`${base}/`);
};

// First set-up, then the sample company in one click.
const boss = await open("en-US");
await boss.goto(base + setUp);
await boss.fill("[name=name]", "boss");
await boss.fill("[name=password]", password);
await boss.click("button.main");
await boss.waitForURL(`${base}/`);
expect((await boss.textContent("h1")).includes("Nothing has been imported"), "a new server says that nothing was imported yet");
await boss.click("button.main");
await boss.waitForURL(/done=sample-data/, { timeout: 240000 });
expect((await boss.textContent("h1")).includes("Yunfan"), "the sample company is there after one click");

// People of other roles, each with a link of their own.
const invite = async (name, role, scope = "company") => {
  await boss.goto(`${base}/settings/users`);
  await boss.fill("[name=name]", name);
  await boss.selectOption("[name=role]", role);
  await boss.selectOption("[name=scope]", scope);
  await boss.click("form[action='/settings/users/add'] button");
  const path = (await boss.textContent("#invitation")).trim();
  const page = await open("zh-CN");
  await page.goto(base + path);
  await page.fill("[name=password]", password);
  await page.click("button.main");
  await page.waitForURL(`${base}/`);
  return page;
};
const finance = await invite("mei", "finance");
const operations = await invite("ops", "operations");
const approver = await invite("zhou", "approver");

// Every page, in both languages, light and dark, desk and phone: no serious violation, nothing wider than the screen.
const pages = ["/", "/bills", "/reconciliation", "/costs", "/products/live", "/products/live/2026-09", "/rules", "/budget",
  "/budget/compare?year=2026&from=1&to=1", "/capacity", "/idle", "/reports", "/health", "/settings", "/settings/users", "/settings/audit",
  "/account", "/help", "/help/imports", "/search?q=li", "/bills/batches/B000001"];
for (const [language, scheme, viewport, shown] of [
  ["en-US", "light", { width: 1440, height: 900 }, "en-light"],
  ["zh-CN", "dark", { width: 1440, height: 900 }, "zh-dark"],
  ["zh-CN", "light", { width: 390, height: 844 }, "zh-phone"],
]) {
  const page = await open(language, scheme, viewport);
  await signIn(page, "boss");
  for (const path of pages) {
    const answer = await page.goto(base + path);
    const name = path === "/" ? "overview" : path.slice(1).replace(/[^a-z0-9]+/gi, "-");
    await page.screenshot({ path: `${pictures}/${name}.${shown}.png` });
    const size = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
    expect(answer.status() === 200 && size[0] <= viewport.width, `${shown} ${path}: ${answer.status()}, ${size[0]} px wide`);
    if (path === "/" && viewport.width === 1440) expect(size[1] <= 900, `${shown} overview fits one screen (${size[1]} px)`);
    // axe is put in by the debugging protocol: the page's own policy would (rightly) not let it.
    const client = await page.context().newCDPSession(page);
    await client.send("Runtime.evaluate", { expression: axe });
    const found = await page.evaluate(async () => (await globalThis.axe.run(document, { resultTypes: ["violations"] })).violations
      .filter((one) => ["serious", "critical"].includes(one.impact))
      .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`));
    if (found.length) expect(false, `${shown} ${path} axe: ${found.join("; ")}`);
  }
  await page.context().close();
}

// From a figure of the overview to a row of a bill.
await boss.goto(`${base}/`);
await boss.click(".heat tbody tr:first-child td:nth-child(9) a");
await boss.waitForURL(/\/products\/.+\/2026-/);
expect((await boss.locator("#rows tbody tr").count()) > 0, "a mark of the heat map leads to rows of bills");
const place = await boss.textContent("#rows tbody tr:first-child th");
expect(/\..+:\d+/.test(place), `a row names its file and line (${place.trim()})`);

// Finance uploads an invoice in GB18030 with three bad rows; all are listed, the corrected file is committed.
await finance.goto(`${base}/bills/templates/idc-invoice`).catch(() => {});
const gb = process.env.DRIVE_FILES;
if (gb) {
  for (const [file, bad] of [[`${gb}/aws.csv`, 0], [`${gb}/idc-bad.csv`, 3]]) {
    await finance.goto(`${base}/bills`);
    await finance.setInputFiles("input[type=file]", file);
    await finance.waitForURL(/\/bills\/uploads\//, { timeout: 30000 });
    const rows = await finance.locator("#rejects tbody tr").count();
    expect(rows === bad, `${file.split("/").pop()}: ${rows} rows are listed as bad`);
    if (bad) {
      expect((await finance.locator("button[formaction$=commit]").count()) === 0, "nothing can be committed while rows are bad");
      await finance.screenshot({ path: `${pictures}/upload-rejects.png`, fullPage: true });
      await finance.goto(`${base}/bills`);
      await finance.setInputFiles("input[type=file]", `${gb}/idc-good.csv`);
      await finance.waitForURL(/\/bills\/uploads\//);
    }
    await finance.click("button[formaction$=commit]");
    await finance.waitForURL(/\/bills\/batches\/.*done=imported/, { timeout: 60000 });
    expect(true, `${file.split("/").pop()} is committed`);
  }
}
// Bills came in, so the books are allocated again.
await finance.goto(`${base}/reconciliation`);
await finance.click("form[action='/months/all/allocate'] button");
await finance.waitForURL(/done=allocated/, { timeout: 120000 });
expect(true, "finance allocates again");

// Two people edit one line: the second sees both values, nothing is overwritten.
const draft = `${base}/budget?year=2027`;
const cell = ".grid input[data-cell] >> nth=0";
await operations.goto(draft);
await finance.goto(draft);
const save = async (page, value) => {
  await page.fill(cell, value);
  await page.fill("form[action='/budget/edit'] [name=comment]", "drive");
  await page.click("form[action='/budget/edit'] button.main");
  await page.waitForLoadState();
};
const before = await operations.inputValue(cell);
await save(operations, "123456");
expect(/done=edited/.test(operations.url()), "the first editor's change is kept");
await save(finance, "654321");
expect((await finance.locator("#conflict").count()) === 1, "the second editor is told of the conflict");
expect((await finance.inputValue(cell)) === "654321" && (await finance.textContent(".grid")).includes("123456"), "and sees both values");
await finance.screenshot({ path: `${pictures}/budget-conflict.png` });
await finance.goto(draft);
expect((await finance.inputValue(cell)) === "123456.00", `nothing was overwritten (${before} became 123456.00)`);

// Submit, return, submit, review, consolidate, approve: by different people.
const step = async (page, name) => {
  await page.goto(draft);
  await page.fill("form[action='/budget/step'] [name=comment]", "drive");
  await page.click(`button[value=${name}]`);
  await page.waitForURL(/done=step/);
  expect(true, `${name} is done`);
};
await step(operations, "submit");
await step(finance, "return");
await step(operations, "submit");
await step(finance, "review");
await step(finance, "consolidate");
await step(approver, "approve");
expect((await approver.textContent(".tabs a[aria-current]")).includes("已批准"), "the draft is the year's baseline");
await boss.goto(`${base}/settings/audit?holds=approve`);
expect((await boss.textContent("table")).includes("zhou"), "the audit trail names who approved");

// Keys, hidden amounts.
await boss.goto(`${base}/`);
await boss.keyboard.press("g");
await boss.keyboard.press("c");
await boss.waitForURL(/\/costs/);
expect(true, "g c jumps to the costs");
await boss.keyboard.press("?");
expect(await boss.locator("#keys").isVisible(), "? lists the keys");
await boss.keyboard.press("Escape");
await boss.click("button[name=hide]");
await boss.waitForLoadState();
expect((await boss.textContent("main")).includes("•••"), "amounts can be hidden");

await browser.close();
writeFileSync(`${pictures}/result.json`, JSON.stringify(wrong, null, 2));
console.log(wrong.length ? `${wrong.length} things are wrong:\n${wrong.join("\n")}` : "all as it should be");
process.exit(wrong.length ? 1 : 0);
