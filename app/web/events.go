package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// hub fans messages out to the pages that listen on GET /events. A page that falls behind is cut off; it comes back, sees
// another place in the stream, and fetches what it missed.
type hub struct {
	mu    sync.Mutex
	pages map[chan []byte]struct{}
	boot  string // tells a page that the application was restarted
}

// hello is the first message of a stream.
type hello struct {
	Kind string `json:"kind" enum:"hello"`
	Boot string `json:"boot" doc:"An id of this launch"`
}

func newHub(boot string) *hub { return &hub{pages: map[chan []byte]struct{}{}, boot: boot} }

// send marshals once and hands the message to every page without waiting.
func (h *hub) send(message any) {
	text, err := json.Marshal(message)
	if err != nil {
		return // messages are our own types
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.pages {
		select {
		case c <- text:
		default:
			close(c)
			delete(h.pages, c)
		}
	}
}

func (h *hub) join() chan []byte {
	c := make(chan []byte, 4096)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pages[c] = struct{}{}
	return c
}

func (h *hub) leave(c chan []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, c)
}

// ServeHTTP streams events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	c := h.join()
	defer h.leave(c)
	out := http.NewResponseController(w)
	first, err := json.Marshal(hello{"hello", h.boot})
	if err != nil {
		return // two strings
	}
	fmt.Fprintf(w, "data: %s\n\n", first)
	_ = out.Flush() // a window's writer streams by itself
	beat := time.NewTicker(20 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return
			}
		case text, ok := <-c:
			if !ok {
				return
			}
			if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
				return
			}
		}
		if len(c) == 0 {
			_ = out.Flush()
		}
	}
}
