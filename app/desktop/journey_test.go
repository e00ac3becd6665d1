//go:build linux && desktop && automation

package desktop

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestJourney is a person's way through the real program in a real window, by mouse and keyboard: it opens, draws the sample,
// drags a node, survives a resize, a panic and a killed web process, and closes clean with everything saved.
func TestJourney(t *testing.T) {
	program := os.Getenv("AIRLOOM_WINDOW")
	if program == "" {
		t.Skip("AIRLOOM_WINDOW names no program: ./test window builds it")
	}
	home := t.TempDir()
	display := xvfb(t)
	began := time.Now()
	d := drive(t, screen(display, "HOME="+home, "XDG_CONFIG_HOME="+home+"/config", "XDG_CACHE_HOME="+home+"/cache", "XDG_DATA_HOME="+home+"/data"), program)
	j := &journey{t: t, driver: d, display: display}
	t.Cleanup(func() {
		if t.Failed() {
			j.picture("failed")
		}
	})
	j.sees("Event-driven orders")
	t.Logf("the start screen shows after %v", time.Since(began).Round(time.Millisecond))
	j.window = xdotool(t, display, "search", "--sync", "--onlyvisible", "--name", "^Airloom$")

	j.click(`[...document.querySelectorAll('button')].find(b => b.textContent.includes('Event-driven orders'))`)
	j.await("the sample is drawn", `return document.querySelectorAll('[data-node]').length >= 12`)
	j.saved()
	j.picture("sample")

	before := j.place("every-morning")
	j.drag(`document.querySelector('[data-node="every-morning"]')`, 0, 70)
	j.await("the node has moved", fmt.Sprintf(`const r = document.querySelector('[data-node="every-morning"]').getBoundingClientRect(); return Math.abs(r.y - %g) > 30`, before.y))
	j.saved()
	moved := j.snapshot(home)

	j.key("ctrl+z")
	j.await("undo brings it back", fmt.Sprintf(`const r = document.querySelector('[data-node="every-morning"]').getBoundingClientRect(); return Math.abs(r.y - %g) < 3`, before.y))
	j.key("ctrl+shift+z")
	j.await("redo moves it again", fmt.Sprintf(`const r = document.querySelector('[data-node="every-morning"]').getBoundingClientRect(); return Math.abs(r.y - %g) > 30`, before.y))
	j.saved()

	// The window's own menu: its first item is that of the page's table, and does what it does there.
	x, y := j.corner()
	await(t, "the menu asks for a new project", 30*time.Second, func() bool {
		xdotool(t, display, "mousemove", "--sync", whole(x+24), whole(y+12), "click", "1", "sleep", "0.3", "key", "Down", "key", "Return", "sleep", "0.3")
		var title string
		return j.try(&title, `return document.querySelector('dialog[open] h2')?.textContent ?? ''`) == nil && title == "New project"
	})
	j.picture("menu")
	j.key("Escape")
	j.await("the dialog is closed", `return !document.querySelector('dialog[open]')`)

	xdotool(t, display, "windowsize", "--sync", j.window, "1000", "760")
	j.await("the page follows the window", `return innerWidth === 1000`)
	j.await("the sample is still drawn", `return !!document.querySelector('[data-node="every-morning"]')`)
	j.picture("small")

	var status int
	j.js(&status, `const token = sessionStorage.getItem('airloom.token');
		return fetch('/rpc/break', {method: 'POST', headers: {'X-Airloom-Token': token, 'Content-Type': 'application/json'}, body: '{}'}).then(r => r.status)`)
	if status != 500 {
		t.Errorf("a broken operation answers %d", status)
	}
	j.await("the window lives on", `return !!document.querySelector('[data-node="every-morning"]')`)

	pid := named(t, os.Getpid(), filepath.Base(program)[:min(15, len(filepath.Base(program)))])
	if err := syscall.Kill(named(t, pid, "WebKitWebProces"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	// The driver's session has died with the page; a person's hands have not. Undo works on the page that comes back, and
	// what it does reaches the disk.
	await(t, "the killed page comes back, and its keys work", 60*time.Second, func() bool {
		j.key("ctrl+z")
		return j.snapshot(home) != moved
	})
	j.picture("after-kill")
	undone := j.snapshot(home)

	below := family(pid)
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	awaitGone(t, below)
	if text := j.snapshot(home); text != undone {
		t.Errorf("closing changed the drawing:\n%s", text)
	}
	if wal, err := os.Stat(filepath.Join(home, "airloom", "orders", "orders.airloom-wal")); err == nil && wal.Size() > 0 {
		t.Errorf("the database was left open: %d bytes of WAL", wal.Size())
	}
}

// journey drives the window with real input.
type journey struct {
	t *testing.T
	*driver
	display, window string
}

type point struct{ x, y float64 }

func (j *journey) await(what, script string) {
	j.t.Helper()
	await(j.t, what, 30*time.Second, func() bool {
		var ok bool
		return j.try(&ok, script) == nil && ok
	})
}

func (j *journey) sees(text string) {
	j.t.Helper()
	j.await("the page shows "+text, fmt.Sprintf(`return document.body.innerText.includes(%q)`, text))
}

// saved waits until the page says that everything is on the disk.
func (j *journey) saved() {
	j.t.Helper()
	j.await("everything is saved", `return document.body.innerText.includes('Saved')`)
}

// middle is the middle of an element on the screen. The window has no frame; above the page is the menu bar.
func (j *journey) middle(element string) point {
	j.t.Helper()
	var at []float64
	j.js(&at, `const r = (`+element+`).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2 + outerHeight - innerHeight]`)
	x, y := j.corner()
	return point{at[0] + x, at[1] + y}
}

func (j *journey) corner() (x, y float64) {
	cmd := exec.Command("xdotool", "getwindowgeometry", "--shell", j.window)
	cmd.Env = append(os.Environ(), "DISPLAY="+j.display)
	out, err := cmd.Output()
	if err != nil {
		j.t.Fatal(err)
	}
	for _, line := range strings.Split(string(out), "\n") {
		name, value, _ := strings.Cut(line, "=")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "X":
			x = n
		case "Y":
			y = n
		}
	}
	return x, y
}

func (j *journey) place(node string) point {
	j.t.Helper()
	var at []float64
	j.js(&at, `const r = document.querySelector('[data-node="'+arguments[0]+'"]').getBoundingClientRect(); return [r.x, r.y]`, node)
	return point{at[0], at[1]}
}

func (j *journey) click(element string) {
	j.t.Helper()
	j.await("it is there to be clicked", `return !!(`+element+`)`)
	p := j.middle(element)
	xdotool(j.t, j.display, "mousemove", "--sync", whole(p.x), whole(p.y), "click", "1")
}

// drag presses on an element, moves in steps as a hand does, and lets go.
func (j *journey) drag(element string, dx, dy float64) {
	j.t.Helper()
	p := j.middle(element)
	args := []string{"mousemove", "--sync", whole(p.x), whole(p.y), "mousedown", "1"}
	for i := 1.0; i <= 10; i++ {
		args = append(args, "mousemove", "--sync", whole(p.x+dx*i/10), whole(p.y+dy*i/10))
	}
	xdotool(j.t, j.display, append(args, "mouseup", "1")...)
}

func (j *journey) key(keys string) {
	j.t.Helper()
	xdotool(j.t, j.display, "windowfocus", "--sync", j.window)
	xdotool(j.t, j.display, "key", keys)
}

// snapshot is the line of the dragged node in the project's text, once that has been written.
func (j *journey) snapshot(home string) string {
	j.t.Helper()
	path := filepath.Join(home, "airloom", "orders", "orders.design.json")
	await(j.t, "the text snapshot is written", 20*time.Second, func() bool { _, err := os.Stat(path); return err == nil })
	text, err := os.ReadFile(path)
	if err != nil {
		j.t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if strings.Contains(line, `"id":"every-morning"`) {
			return line
		}
	}
	j.t.Fatalf("the text has no such node:\n%s", text)
	return ""
}

// picture takes a screenshot of the page where AIRLOOM_SHOTS names a folder, to be looked at.
func (j *journey) picture(name string) {
	dir := os.Getenv("AIRLOOM_SHOTS")
	if dir == "" {
		return
	}
	cmd := exec.Command("import", "-window", "root", filepath.Join(dir, "window-"+name+".png"))
	cmd.Env = append(os.Environ(), "DISPLAY="+j.display)
	if err := cmd.Run(); err != nil {
		j.t.Logf("no picture %s: %v", name, err)
	}
}

func whole(v float64) string { return strconv.Itoa(int(v)) }
