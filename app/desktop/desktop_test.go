//go:build linux && desktop && automation

package desktop

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The test program is also the program under test: with this variable set it opens a window around a small handler and
// writes what happens to the file named there.
const childVariable = "AIRLOOM_WINDOW_UNDER_TEST"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		os.Exit(child(path))
	}
	os.Exit(m.Run())
}

const childPage = `<!doctype html><title>loading</title><script src="/app.js"></script><body><div id=here>ours</div>`

const childScript = `
let ticks = 0;
const events = new EventSource('/events' + location.search);
events.onmessage = e => { ticks++; document.title = 'tick ' + e.data; };
async function rpc(name) { const r = await fetch('/rpc/' + name, {method: 'POST', body: 'hello'}); return r.status + ' ' + await r.text(); }
fetch('/rpc/loaded', {method: 'POST', body: location.href});
`

// child is the window under test.
func child(logPath string) int {
	out, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	say("pid %d", os.Getpid())
	var win atomic.Pointer[Window]
	var streams atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'")
		_, _ = io.WriteString(w, childPage)
	})
	mux.HandleFunc("GET /app.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, childScript)
	})
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		say("stream %d opens", streams.Add(1))
		defer func() { say("stream ends, %d left", streams.Add(-1)) }()
		w.Header().Set("Content-Type", "text/event-stream")
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for i := 1; ; i++ {
			fmt.Fprintf(w, "data: %d\n\n", i)
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
			}
		}
	})
	mux.HandleFunc("GET /file.bin", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", "attachment; filename=file.bin")
		_, _ = w.Write(make([]byte, 100))
	})
	mux.HandleFunc("POST /rpc/{name}", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch name := r.PathValue("name"); name {
		case "loaded":
			say("loaded %s host=%s", body, r.Host)
		case "echo":
			_, _ = w.Write(body)
		case "panic":
			panic("on purpose")
		case "nil":
			var p *process
			p.pid++
		case "close":
			go (*win.Load()).Close()
		case "confirm":
			ok, err := (*win.Load()).Confirm("Deploy %s%n to production?", "12 changes, <b>1</b> destructive", "Deploy")
			say("confirmed %v %v", ok, err)
			fmt.Fprint(w, ok)
		default:
			http.NotFound(w, r)
		}
	})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	closes := 0
	err = Run(ctx, Options{
		Title: "Airloom window under test", Handler: mux, StartPath: "/?token=secret", Instance: os.Getenv("AIRLOOM_INSTANCE"),
		Menu:   []MenuItem{{Title: "File", Items: []MenuItem{{ID: "open", Title: "Open…", Key: "Ctrl+O"}, {}, {ID: "quit", Title: "Quit"}}}},
		OnMenu: func(id string) { say("menu %s", id) },
		OnReady: func(w Window) {
			win.Store(&w)
			say("ready")
		},
		OnClose: func() bool {
			closes++
			say("asked to close %d", closes)
			return closes > 1
		},
		OnSecond:     func(args []string, dir string) { say("second %v", args) },
		OpenExternal: func(u string) error { say("external %s", u); return nil },
		Log:          func(f string, a ...any) { say("log "+f, a...) },
	})
	say("ended %v", err)
	if err != nil {
		return 1
	}
	return 0
}

// under is a window under test and what it wrote.
type under struct {
	t   *testing.T
	log string
	*driver
}

// open starts the test program as a window under the driver and waits for its page.
func open(t *testing.T) *under {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	u := &under{t: t, log: t.TempDir() + "/log"}
	u.driver = drive(t, screen(xvfb(t), childVariable+"="+u.log), self)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the window wrote:\n%s", u.wrote())
		}
	})
	u.awaitLine("loaded ", 1)
	return u
}

func (u *under) wrote() string {
	text, _ := os.ReadFile(u.log)
	return string(text)
}

// awaitLine waits until the window wrote that many lines that begin so, and gives the last.
func (u *under) awaitLine(begin string, times int) string {
	u.t.Helper()
	var last string
	await(u.t, fmt.Sprintf("%d lines %q", times, begin), 20*time.Second, func() bool {
		n := 0
		for _, l := range strings.Split(u.wrote(), "\n") {
			if strings.HasPrefix(l, begin) {
				n, last = n+1, l
			}
		}
		return n >= times
	})
	return last
}

func (u *under) pid() int {
	pid, err := strconv.Atoi(strings.TrimPrefix(u.awaitLine("pid ", 1), "pid "))
	if err != nil {
		u.t.Fatal(err)
	}
	return pid
}

func (u *under) rpc(name string) string {
	u.t.Helper()
	var got string
	u.js(&got, "return rpc(arguments[0])", name)
	return got
}

// The page of the handler shows in the window, with its token, its own origin, its stream, and nothing of wails.
func TestWindowShowsThePageOfTheHandler(t *testing.T) {
	u := open(t)
	if got, want := u.awaitLine("loaded ", 1), "loaded wails://wails/window?token=secret host=wails"; got != want {
		t.Errorf("the page says %q, want %q", got, want)
	}
	if got := u.rpc("echo"); got != "200 hello" {
		t.Errorf("echo answers %q", got)
	}
	await(t, "events stream into the page", 20*time.Second, func() bool {
		var n int
		u.js(&n, "return ticks")
		return n > 10
	})
	var strangers int
	u.js(&strangers, "return Number(!!window.wails) + Number(!!window.runtime) + Number(!!window.go) + Number(!!(window.webkit && webkit.messageHandlers && webkit.messageHandlers.external))")
	if strangers != 0 {
		t.Error("the page reaches wails' own runtime or message channel")
	}
}

// Every way to leave the page is refused, and only a click on a link reaches OpenExternal (W2, W8).
func TestWindowCannotBeLeft(t *testing.T) {
	u := open(t)
	var visits atomic.Int32
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		visits.Add(1)
		t.Logf("the foreign page was asked: %s", r.URL)
	}))
	defer evil.Close()
	ways := []struct{ name, script, refused string }{ // refused: the address the guard names; "" where WebKit itself refuses
		{"assign", `location.href = arguments[0]`, evil.URL},
		{"replace", `location.replace(arguments[0])`, evil.URL},
		{"file", `location.href = 'file:///etc/passwd'`, ""},
		{"data", `location.href = 'data:text/html,<h1>x</h1>'`, ""},
		{"blank", `location.href = 'about:blank'`, "about:blank"},
		{"own data", `location.href = '/rpc/echo'`, "wails://wails/rpc/echo"},
		{"own other host", `location.href = 'wails://evil/window'`, "wails://evil/window"},
		{"meta refresh", `const m = document.createElement('meta'); m.httpEquiv = 'refresh'; m.content = '0;url=' + arguments[0]; document.head.append(m)`, evil.URL},
		{"scripted link", `const a = document.createElement('a'); a.href = arguments[0]; document.body.append(a); a.click()`, evil.URL},
		{"svg link", `document.body.insertAdjacentHTML('beforeend', '<svg><a href="' + arguments[0] + '"><text>x</text></a></svg>'); document.querySelector('svg a').dispatchEvent(new MouseEvent('click', {bubbles: true}))`, evil.URL},
	}
	for _, w := range ways {
		path := "/" + strings.ReplaceAll(w.name, " ", "-")
		u.js(nil, w.script, evil.URL+path)
		switch w.refused {
		case "":
		case evil.URL:
			u.awaitLine(fmt.Sprintf("log window: refused to leave for %q", evil.URL+path), 1)
		default:
			u.awaitLine(fmt.Sprintf("log window: refused to leave for %q", w.refused), 1)
		}
	}
	// These make no navigation at all: the page's policy, or the missing window, stops them.
	u.js(nil, `window.open(arguments[0]); const f = document.createElement('form'); f.action = arguments[0]; f.method = 'post'; document.body.append(f); f.submit();
		const i = document.createElement('iframe'); i.src = arguments[0]; document.body.append(i); const g = new Image(); g.src = arguments[0]; fetch(arguments[0]).catch(() => 0)`, evil.URL)
	u.js(nil, `const a = document.createElement('a'); a.href = '/file.bin'; a.download = 'x'; document.body.append(a); a.click()`)
	if got := u.rpc("echo"); got != "200 hello" {
		t.Errorf("the page is gone: %q", got)
	}
	if strings.Contains(u.wrote(), "external ") {
		t.Error("a script opened the user's browser")
	}
	// A person clicks the link: the page stays, the address goes to OpenExternal.
	u.js(nil, `document.body.insertAdjacentHTML('afterbegin', '<a id=out style="font-size:40px" href="https://docs.aws.amazon.com/lambda/">docs</a>')`)
	var element map[string]string
	u.must("POST", "/element", map[string]string{"using": "css selector", "value": "#out"}, &element)
	for _, id := range element {
		u.must("POST", "/element/"+id+"/click", map[string]any{}, nil)
	}
	if got := u.awaitLine("external ", 1); got != "external https://docs.aws.amazon.com/lambda/" {
		t.Errorf("the click reached %q", got)
	}
	if n := visits.Load(); n != 0 {
		t.Errorf("the foreign server was asked %d times", n)
	}
	var href string
	u.js(&href, "return location.href")
	if href != "wails://wails/window?token=secret" {
		t.Errorf("the window is at %s", href)
	}
}

// A panic and a nil dereference in a handler answer 500, and the application lives (S4).
func TestWindowSurvivesABrokenHandler(t *testing.T) {
	u := open(t)
	for range 20 {
		for _, name := range []string{"panic", "nil"} {
			if got := u.rpc(name); !strings.HasPrefix(got, "500 ") {
				t.Fatalf("%s answers %q", name, got)
			}
		}
	}
	if got := u.rpc("echo"); got != "200 hello" {
		t.Errorf("echo answers %q", got)
	}
}

// A killed web process comes back with the same page, and what its streams held is let go (S3).
func TestWindowReloadsWhenItsWebProcessDies(t *testing.T) {
	u := open(t)
	pid := u.pid()
	for i := range 3 {
		u.awaitLine("stream 1 opens", i+1)
		if err := syscall.Kill(named(t, pid, "WebKitWebProces"), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		u.awaitLine("loaded wails://wails/window?token=secret", i+2)
		u.awaitLine("stream ends, 0 left", i+1)
	}
}

// The close button's question can be declined; then the window closes, and no process of it stays.
func TestWindowClosesClean(t *testing.T) {
	u := open(t)
	pid := u.pid()
	u.rpc("close")
	u.awaitLine("asked to close 1", 1)
	if got := u.rpc("echo"); got != "200 hello" {
		t.Fatalf("declined, yet the page is gone: %q", got)
	}
	below := family(pid)
	_ = u.try(nil, "return rpc('close')")
	u.awaitLine("ended <nil>", 1)
	awaitGone(t, below)
}

// A person at the dialog decides; Escape and Enter mean no. The text is shown as it is, whatever is in it (W7).
func TestWindowConfirm(t *testing.T) {
	u := open(t)
	display := u.environment("DISPLAY")
	for i, c := range []struct {
		keys []string
		want string
	}{{[]string{"Escape"}, "false"}, {[]string{"Return"}, "false"}, {[]string{"Tab", "Return"}, "true"}} {
		u.js(nil, "window.answer = rpc('confirm')")
		dialog := xdotool(t, display, "search", "--sync", "--onlyvisible", "--name", "^Deploy %s%n to production")
		xdotool(t, display, "windowfocus", "--sync", dialog)
		xdotool(t, display, append([]string{"key", "--delay", "50"}, c.keys...)...)
		if got := u.awaitLine("confirmed ", i+1); got != "confirmed "+c.want+" <nil>" {
			t.Errorf("keys %v: %s, want %s", c.keys, got, c.want)
		}
	}
}

// Resizing keeps the page; the menu's accelerator arrives as its id.
func TestWindowResizesAndItsMenuWorks(t *testing.T) {
	u := open(t)
	display := u.environment("DISPLAY")
	id := xdotool(t, display, "search", "--sync", "--onlyvisible", "--name", "^Airloom window under test$")
	xdotool(t, display, "windowsize", "--sync", id, "900", "700")
	await(t, "the page follows the window", 20*time.Second, func() bool {
		var size []int
		u.js(&size, "return [innerWidth, innerHeight]")
		return size[0] == 900 && size[1] < 700 && size[1] > 600
	})
	xdotool(t, display, "windowfocus", "--sync", id)
	xdotool(t, display, "key", "ctrl+o")
	u.awaitLine("menu open", 1)
}

// Without a driver: an open, idle window holds no internet socket at all, and SIGTERM ends it clean (W9).
func TestWindowHoldsNoSocket(t *testing.T) {
	u, cmd := alone(t, screen(xvfb(t)))
	u.awaitLine("loaded ", 1)
	u.awaitLine("stream 1 opens", 1)
	if found := inetSockets(cmd.Process.Pid); len(found) != 0 {
		t.Errorf("sockets of the window:\n%s", strings.Join(found, "\n"))
	}
	below := family(cmd.Process.Pid)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	u.awaitLine("ended <nil>", 1)
	if strings.Contains(u.wrote(), "asked to close") {
		t.Error("SIGTERM asked the user")
	}
	awaitGone(t, below)
}

// A second start hands its arguments to the first window and ends.
func TestWindowIsOneInstance(t *testing.T) {
	bus, err := exec.Command("dbus-daemon", "--session", "--fork", "--print-address=1", "--print-pid=1").Output()
	if err != nil {
		t.Fatalf("start a session bus: %v", err)
	}
	lines := strings.Fields(string(bus))
	pid, _ := strconv.Atoi(lines[1])
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	env := append(screen(xvfb(t)), "DBUS_SESSION_BUS_ADDRESS="+lines[0], "AIRLOOM_INSTANCE=airloom.test")
	first, _ := alone(t, env)
	first.awaitLine("loaded ", 1)
	second, cmd := alone(t, env, "shop.airloom")
	if err := cmd.Wait(); err != nil {
		t.Errorf("the second start: %v", err)
	}
	if got := first.awaitLine("second ", 1); got != "second [shop.airloom]" {
		t.Errorf("the first window heard %q", got)
	}
	if strings.Contains(second.wrote(), "loaded ") {
		t.Error("the second start showed a page")
	}
}

// alone starts the window under test without a driver.
func alone(t *testing.T, env []string, args ...string) (*under, *exec.Cmd) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	u := &under{t: t, log: t.TempDir() + "/log"}
	cmd := exec.Command(self, args...)
	cmd.Env = append(env, childVariable+"="+u.log)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	start(t, cmd)
	return u, cmd
}

// environment is a variable of the window's process.
func (u *under) environment(name string) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", u.pid()))
	if err != nil {
		u.t.Fatal(err)
	}
	for _, v := range strings.Split(string(text), "\x00") {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	u.t.Fatalf("the window has no %s", name)
	return ""
}

func awaitGone(t *testing.T, below []process) {
	t.Helper()
	await(t, "no process of the window stays", 20*time.Second, func() bool {
		for _, p := range below {
			if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", p.pid)); err == nil && strings.TrimSpace(string(name)) == p.name {
				if stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid)); !strings.Contains(string(stat), ") Z ") {
					return false
				}
			}
		}
		return true
	})
}

// xdotool sends real input to the screen and gives the first line it prints.
func xdotool(t *testing.T, display string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+display)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("xdotool %v: %v", args, err)
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}
