#!/usr/bin/env python3
"""browser.py - Chromium searches, follows a facet, a page and an article, and looks at what it sees

    browser.py URL SCREENSHOTS

URL is a page over corpus/sample.  Driven through chromedriver (W3C WebDriver).  Screenshots at 1280, 360 and 320 pixels, light
and dark, go into the folder.  A line a step; exit status 1 if a step was not as it should be.

SPDX-License-Identifier: MIT
"""
import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
ENTER = "\ue007"


class Browser:
    def __init__(self, width, height, dark):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL)
        for _ in range(100):
            try:
                self.call("GET", "/status")
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        args = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={width},{height}"]
        if dark:
            args.append("--blink-settings=preferredColorScheme=0")
        options = {"args": args, "mobileEmulation": {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 1}}}
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        self.session = "/session/" + made["sessionId"]

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def post(self, path, body):
        return self.call("POST", self.session + path, body)

    def find(self, css):
        return [e[ELEMENT] for e in self.post("/elements", {"using": "css selector", "value": css})]

    def text(self, css):
        return [self.call("GET", f"{self.session}/element/{e}/text") for e in self.find(css)]

    def click(self, css, n=0):
        self.run(f"document.querySelectorAll({json.dumps(css)})[{n}].scrollIntoView()")
        self.post(f"/element/{self.find(css)[n]}/click", {})

    def type(self, css, text):
        self.post(f"/element/{self.find(css)[0]}/value", {"text": text})

    def run(self, script):
        return self.post("/execute/sync", {"script": script, "args": []})

    def go(self, url):
        self.post("/url", {"url": url})

    def address(self):
        return self.call("GET", self.session + "/url")

    def shoot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("GET", self.session + "/screenshot")))

    def end(self):
        self.call("DELETE", self.session)
        self.driver.terminate()
        self.driver.wait()


failed = 0


def step(name, holds):
    global failed
    print(("ok      " if holds else "FAILED  ") + name)
    failed += not holds


def contrast(browser):
    """The least contrast (WCAG 2.2) of any text on its ground."""
    return browser.run("""
        const number = c => c.match(/[\\d.]+/g).map(Number);
        const light = c => { const [r, g, b] = number(c).map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
                             return .2126 * r + .7152 * g + .0722 * b };
        let least = 21;
        for (const e of document.querySelectorAll('body *')) {
            if (![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue;
            let ground = e;
            while (ground && number(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
            const a = light(getComputedStyle(e).color), b = light(ground ? getComputedStyle(ground).backgroundColor : 'rgb(255,255,255)');
            least = Math.min(least, (Math.max(a, b) + .05) / (Math.min(a, b) + .05));
        }
        return least""")


def search(browser, url, name, folder):
    browser.go(url)
    step(f"{name}: the start tells how to search", "How to search" in " ".join(browser.text("details.help summary")))
    browser.type("#q", "coca cultivation" + ENTER)
    time.sleep(0.3)
    step(f"{name}: a query typed has hits", len(browser.find("ol > li")) == 10 and "q=coca" in browser.address())
    step(f"{name}: what matched is marked", "coca" in [t.lower() for t in browser.text("ol mark")])
    step(f"{name}: nothing is wider than the window", browser.run("return document.documentElement.scrollWidth <= innerWidth"))
    step(f"{name}: contrast is {contrast(browser):.1f}", contrast(browser) >= 4.5)
    browser.shoot(f"{folder}/hits-{name}.png")
    before = browser.text("main > p.of")[0]
    browser.click("nav.facets summary")
    browser.click("nav.facets details[open] a")
    step(f"{name}: a facet narrows", browser.text("main > p.of")[0] != before and "source=" in browser.address())
    browser.call("POST", browser.session + "/back", {})
    browser.click("a[rel=next]")
    step(f"{name}: the next page", "page=2" in browser.address() and len(browser.find("ol > li")) > 0)
    browser.click("ol > li h2 a")
    marks = browser.text("mark[id]")
    step(f"{name}: an article with its matches marked", len(marks) > 0 and marks[0].lower().startswith(("coca", "cultivat")))
    if len(marks) > 1:
        browser.click("a.go[aria-label='next match']")
        step(f"{name}: the next match", "#m2" in browser.address())
    browser.shoot(f"{folder}/article-{name}.png")
    browser.go(url + "?q=qzxv")
    step(f"{name}: nothing found is said calmly", "Nothing was found" in " ".join(browser.text("main p")))
    browser.go(url + "?q=coca")
    browser.run("document.activeElement.blur()")
    browser.post("/actions", {"actions": [{"type": "key", "id": "k", "actions": [
        {"type": "keyDown", "value": "\ue004"}, {"type": "keyUp", "value": "\ue004"}]}]})
    step(f"{name}: the first stop of the keyboard skips to the results",
         browser.run("return document.activeElement.getAttribute('href')") == "#main")
    names = browser.run("return [...document.querySelectorAll('input:not([type=hidden]),select')].every(e => e.labels.length == 1)")
    step(f"{name}: every field has a label", names)


def main():
    url, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for width in (1280, 360, 320):
        for dark in (False, True):
            browser = Browser(width, 900, dark)
            try:
                search(browser, url, f"{width}-{'dark' if dark else 'light'}", folder)
            finally:
                browser.end()
    return failed > 0


sys.exit(main())
