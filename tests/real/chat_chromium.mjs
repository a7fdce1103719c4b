// The chat's page in headless Chromium, in two tabs. Usage: node chat_chromium.mjs
import { launch } from './browser.mjs';
import { equal, program, Program, suite } from './harness.mjs';

const chat = suite('chat, chromium');
let server = new Program(program('chat'), ['127.0.0.1:0']);
const [, url] = await server.prints('stdout', /listening on (http:\/\/\S+)/);
const browser = await launch();

/** Opens the page and enters the room. */
async function enter(name, viewport) {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(error));
  await page.setViewportSize(viewport);
  // Each tab asks for a name, though they share a profile.
  await page.addInitScript(() => localStorage.clear());
  await page.goto(url);
  await page.fill('#name', name);
  await page.click('#naming button');
  await shows(page, `You entered as ${name}.`);
  return page;
}

const shows = (page, words) => page.waitForFunction(
  (wanted) => document.querySelector('#log').innerText.includes(wanted),
  words,
);

async function say(page, words) {
  await page.fill('#text', words);
  await page.press('#text', 'Enter');
}

const people = (page) => page.locator('#people li').allInnerTexts();

const present = (page, wanted) => page.waitForFunction(
  (names) => JSON.stringify([...document.querySelectorAll('#people li')].map((li) => li.textContent)) === names,
  JSON.stringify(wanted),
);

let ada;
let grace;
await chat.check('the page', async () => {
  ada = await enter('Ada', { width: 390, height: 844 });
  equal(await ada.title(), 'Chat', 'title');
  equal(await ada.textContent('h1'), 'Chat', 'heading');
  equal(await ada.isVisible('#people'), false, 'list of people on a phone');
  await ada.click('#toggle');
  equal(await ada.isVisible('#people'), true, 'list of people after a click');
  equal(await people(ada), ['Ada (you)'], 'people');
  await ada.click('#toggle');
  const wide = await ada.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  equal(wide, false, 'scrolling sideways');
});

await chat.check('somebody enters', async () => {
  grace = await enter('Grace', { width: 1200, height: 800 });
  await shows(ada, 'Grace entered.');
  equal(await people(grace), ['Ada', 'Grace (you)'], 'people');
});

await chat.check('messages both ways', async () => {
  await say(ada, 'Good morning, Grace!');
  await shows(grace, 'Good morning, Grace!');
  await say(grace, 'Hello Ada – <b>not bold</b> "quoted" \\ 😀');
  await shows(ada, 'Hello Ada – <b>not bold</b> "quoted" \\ 😀');
  equal(await ada.locator('.mine .bubble').allInnerTexts(), ['Good morning, Grace!'], 'own messages');
  equal(await grace.locator('.bubble b').count(), 0, 'markup in messages');
});

await chat.check('message of 1 MiB', async () => {
  const words = 'lorem ip'.repeat(1 << 17);
  await say(ada, words);
  const more = grace.getByRole('button', { name: 'Show all 1,048,576 characters' });
  await more.click();
  const got = await grace.locator('.bubble').last().textContent();
  if (got !== words) throw new Error(`the ${got.length} characters differ`);
});

await chat.check('somebody leaves, another changes the name', async () => {
  const third = await enter('Edsger', { width: 390, height: 844 });
  await shows(ada, 'Edsger entered.');
  await third.close();
  await shows(ada, 'Edsger left.');
  await shows(grace, 'Edsger left.');
  await grace.click('#me');
  await grace.fill('#name', 'Grace Hopper');
  await grace.click('#naming button');
  await shows(ada, 'Grace left.');
  await shows(ada, 'Grace Hopper entered.');
  await present(ada, ['Ada (you)', 'Grace Hopper']);
});

await chat.check('a tab that navigates away leaves', async () => {
  const third = await enter('Alan', { width: 390, height: 844 });
  await shows(ada, 'Alan entered.');
  await third.goto('about:blank');
  await shows(ada, 'Alan left.');
  await third.close();
});

await chat.check('a page of another site does not get in', async () => {
  const other = new Program(program('echo'), ['127.0.0.1:0']);
  const [, origin] = await other.prints('stdout', /listening on ws:\/\/(\S+)/);
  const page = await browser.newPage();
  await page.goto(`http://${origin}`);
  const opened = await page.evaluate((room) => new Promise((resolve) => {
    const socket = new WebSocket(room);
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
  }), url.replace('http:', 'ws:'));
  equal(opened, false, 'opened');
  await page.close();
  await other.stop();
});

await chat.check('the server dies and comes back', async () => {
  await server.stop('SIGKILL');
  for (const page of [ada, grace]) {
    await page.waitForFunction(() => /Reconnecting/.test(document.querySelector('#state').innerText));
    await shows(page, 'The connection was lost.');
    equal(await page.locator('#say button').isDisabled(), true, 'sending disabled');
  }
  server = new Program(program('chat'), [url.replace('http://', '')]);
  await server.prints('stdout', /listening/);
  for (const page of [ada, grace]) {
    await shows(page, 'You are back.');
    await page.waitForFunction(() => document.querySelector('#state').hidden);
  }
  await say(ada, 'Are you back, too?');
  await shows(grace, 'Are you back, too?');
  await say(grace, 'Yes, so I am.');
  await shows(ada, 'Yes, so I am.');
});

await chat.check('no error on the pages', async () => {
  for (const page of [ada, grace]) equal(page.problems.map(String), [], 'errors');
});

await browser.close();
await server.stop();
chat.finish();
