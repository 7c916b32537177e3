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

// Long work goes on while its page asks how far it is; then the page that it leads to.
const long = async (page, path, button, done) => {
  await page.goto(base + path);
  await page.click(button);
  await page.waitForURL(done, { timeout: 120000 });
};

// Findings are opened, everything is checked once, and the month's run makes its proposals: then their pages have something to show.
await long(operations, "/idle", "form[action='/idle/scan'] button", /done=scanned/);
expect((await operations.locator("#cases tbody tr").count()) > 0, "a look at the resources opens findings");
await long(boss, "/health", "form[action='/health/check'] button", /done=checked/);
expect((await boss.locator("#checks .tag-of.good").count()) > 5, "a check says what it looked at");
await long(finance, "/budget/rolling", "form[action='/budget/rolling/run'] button", /done=rol/);
const proposals = await finance.locator("form[action^='/budget/rolling/proposals/']").count();
expect(proposals > 0, `the run proposes (${proposals})`);

// Every page, in both languages, light and dark, desk and phone: no serious violation, nothing wider than the screen.
const pages = ["/", "/bills", "/reconciliation", "/costs", "/products/live", "/products/live/2026-09", "/rules", "/budget",
  "/budget/compare?year=2026&from=1&to=1", "/budget/control",
  "/budget/rolling", "/capacity", "/capacity/days-left", "/capacity/scenarios?id=growth", "/idle", "/idle/W-1", "/idle/W-1/profile", "/reports", "/months/2026-09", "/unallocated",
  "/products/live/unit-costs", "/health", "/settings", "/settings/users", "/settings/delegations", "/settings/audit",
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
    if (!bad) expect((await finance.locator("#preview tbody tr").count()) > 0, "the first rows are shown as they would be booked");
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

// Control: money that is there is reserved, money that is not is refused with the ways out, a loan is made and given back.
const ask = async (amount) => {
  await operations.goto(`${base}/budget/control?year=2026`);
  await operations.selectOption("#request [name=product]", "live");
  await operations.selectOption("#request [name=cost_type]", "cloud");
  await operations.fill("#request [name=amount]", amount);
  await operations.fill("#request [name=month]", "2026-11");
  await operations.fill("#request [name=reason]", "drive");
  await operations.click("#request button.main");
  await operations.waitForLoadState();
};
await ask("1000");
expect(/done=granted/.test(operations.url()), "a request within the budget is granted");
expect((await operations.textContent("#commitments")).includes("R-2026-1"), "and held as a commitment");
await ask("900000000");
expect((await operations.locator("#refused li").count()) > 0, "a request beyond it is refused with ways out");
await operations.screenshot({ path: `${pictures}/request-refused.png` });

// A finding goes its way; a proposal is accepted, another declined with a reason.
await operations.goto(`${base}/idle/W-1`);
await operations.fill("form[action='/idle/W-1'] [name=reason]", "drive");
await operations.click("button[value=confirm]");
await operations.waitForURL(/done=case/);
await operations.screenshot({ path: `${pictures}/idle-case.png` });
expect((await operations.locator("button[value=reclaim]").count()) === 1, "a confirmed finding can be reclaimed");
await finance.goto(`${base}/budget/rolling`);
await finance.click("button[value=accept] >> nth=0");
await finance.waitForURL(/done=decided/);
expect((await finance.locator("form[action^='/budget/rolling/proposals/']").count()) === proposals - 1, "a proposal is accepted");
await finance.screenshot({ path: `${pictures}/rolling.png` });

// The checklist of an open month stops closing until what is open is accepted, or is on record as started.
await finance.goto(`${base}/reconciliation`);
await finance.click("a.button[href^='/months/'] >> nth=0");
await finance.waitForURL(/\/months\//);
await finance.click("button[name=start]");
await finance.waitForURL(/done=closing/);
const closing = (await finance.textContent("h1 .tag-of")).trim();
expect((await finance.locator("#checklist tbody tr").count()) >= 4, `closing of a month is started, with its checklist (${closing})`);
await finance.screenshot({ path: `${pictures}/closing.png` });

// A suggested rule is tried: what would move is shown, nothing is booked.
await finance.goto(`${base}/unallocated`);
const suggested = async () => finance.locator("#suggestions form button").count();
for (const month of await finance.locator("select[name=month] option").evaluateAll((all) => all.map((one) => one.value))) {
  if ((await suggested()) > 0) break;
  await finance.goto(`${base}/unallocated?month=${month}`);
}
expect((await suggested()) > 0, "what no rule takes comes with a suggested rule");
if ((await suggested()) > 0) {
  await finance.click("#suggestions form button >> nth=0");
  await finance.waitForURL(/\/rules\/try/);
  expect((await finance.locator("#moved tbody tr").count()) > 0, "a suggested rule shows what would move");
}

// The month's report as PDF: the same figures, printed by the browser beside the server.
if (process.env.DRIVE_PDF) {
  const pdf = await finance.request.get(`${base}/reports/execution/2026-09.pdf`, { timeout: 60000 });
  const bytes = await pdf.body();
  expect(pdf.status() === 200 && bytes.subarray(0, 5).toString() === "%PDF-", `a report comes as PDF (${pdf.status()}, ${bytes.length} bytes)`);
}

// A planner makes a scenario by its form, and the plan of it needs more than the plan itself.
const needed = async (scenario) => {
  await operations.goto(`${base}/capacity?year=2027&scenario=${scenario}`);
  const cells = await operations.locator("main table tbody tr td:nth-child(4)").allTextContents();
  return cells.reduce((sum, text) => sum + Number(text), 0);
};
await operations.goto(`${base}/capacity/scenarios`);
await operations.fill("[name=id]", "drive");
await operations.fill("[name=name]", "很大的增长");
await operations.selectOption("[name=driver] >> nth=0", "live/");
await operations.fill("[name=driver-factor] >> nth=0", "2");
await operations.click("form.panel button.main");
await operations.waitForURL(/done=scenario/);
await operations.screenshot({ path: `${pictures}/scenario.png`, fullPage: true });
const [usual, doubled] = [await needed(""), await needed("drive")];
expect(doubled > usual, `a scenario of the form is planned (${usual} units, ${doubled} with twice the driver)`);

// The approver lets finance stand in, and takes it back.
await approver.goto(`${base}/settings/delegations`);
await approver.fill("[name=to]", "mei");
await approver.fill("[name=until]", new Date(Date.now() + 5 * 86400000).toISOString().slice(0, 10));
await approver.fill("[name=reason]", "drive");
await approver.click("form.fields button.main");
await approver.waitForURL(/done=delegated/);
await approver.screenshot({ path: `${pictures}/delegations.png` });
await approver.click("form[action$='/end'] button");
await approver.waitForURL(/done=delegation-ended/);
expect((await approver.locator("form[action$='/end']").count()) === 0, "a stand-in is named and taken back");

// What comes first is a link to where it is done, not a command.
await finance.goto(`${base}/budget/control?year=2031`);
expect(!(await finance.textContent("main")).includes("headroom "), "a page names no command");

// Operations need more machines: the plan's document changes, and a newly derived draft costs more.
const total = async () => {
  await operations.goto(`${base}/budget?year=2027`);
  return Number((await operations.textContent(".grid tr.total td:last-child")).replace(/[^0-9.-]/g, ""));
};
const derive = async () => {
  await operations.goto(`${base}/budget?year=2027`);
  await operations.click("form[action='/budget/derive'] button");
  await operations.waitForURL(/done=derived/, { timeout: 60000 });
};
await derive();
const asPlanned = await total();
await operations.goto(`${base}/rules?document=capacity.toml`);
const document = await operations.inputValue("textarea[name=body]");
await operations.fill("textarea[name=body]", document.replace(/redundancy = 3\b/, "redundancy = 30"));
await operations.click("button[formaction='/rules/apply']");
await operations.waitForURL(/done=applied/);
await derive();
const asChanged = await total();
expect(asChanged > asPlanned, `more redundancy flows into a new draft (${asPlanned} → ${asChanged})`);

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
expect((await approver.textContent("#versions a[aria-current]")).includes("已批准"), "the draft is the year's baseline");
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
