package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"airloom/app/desktop"
	"airloom/app/web"
	"airloom/backend/fault"
)

func (r *run) serveCommand() *cobra.Command {
	var port int
	c := &cobra.Command{
		Use: "serve [PROJECT]", Short: "Serve the interface to a browser on this machine", Args: upTo(1),
		Long: `Serve listens on loopback only. The printed address carries this launch's token: whoever has it can do what you can
do here. An interrupt ends it, with all that it started.`,
		Example: `  airloom serve shop
  airloom serve --port 8080`,
	}
	c.Flags().IntVar(&port, "port", 0, "port to listen on; a free one without it")
	c.RunE = func(cmd *cobra.Command, got []string) error {
		if port < 0 || port > 65535 {
			return usage{fmt.Errorf("--port is between 0 and 65535, not %d", port), cmd.CommandPath()}
		}
		if err := r.preopen(cmd.Context(), first(got)); err != nil {
			return err
		}
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "listening on port %d", port).Try("choose another --port, or none")
		}
		token, addr := r.Token(), l.Addr().String()
		local := fmt.Sprintf("localhost:%d", l.Addr().(*net.TCPAddr).Port)
		h, stop := web.Handler(web.Options{App: r.application(), Files: r.Files, Token: token, Hosts: []string{addr, local},
			Boot: r.Token(), Folder: r.Home, Log: r.log()})
		defer stop()
		address := "http://" + addr + "/?token=" + token
		if err := r.view.data(map[string]string{"url": address}, func(w io.Writer) { fmt.Fprintln(w, address) }); err != nil {
			return err
		}
		r.view.say("serving on this machine only; interrupt to stop")
		return serve(cmd.Context(), l, h)
	}
	return c
}

// serve answers until ctx ends; open event streams end with it.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return fault.Wrap(err, fault.Unavailable, "serving")
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := s.Shutdown(last); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return s.Close()
}

// window opens the window around the same handler.
func (r *run) window(ctx context.Context, project string) error {
	if err := r.preopen(ctx, project); err != nil {
		return err
	}
	menu, err := menuBar()
	if err != nil {
		return err
	}
	token := r.Token()
	var open atomic.Pointer[desktop.Window]
	browse := desktop.Browse("docs.aws.amazon.com", "aws.amazon.com", "console.aws.amazon.com", "auth0.com", "docs.stripe.com", "stripe.com")
	h, stop := web.Handler(web.Options{App: r.application(), Files: r.Files, Token: token, Hosts: []string{desktop.Host()}, Boot: r.Token(),
		Folder: r.Home, Log: r.log(), OpenExternal: browse, OpenDeployed: desktop.BrowseDeployed, Reveal: desktop.Reveal,
		Dialogs: func() web.Dialogs {
			if w := open.Load(); w != nil {
				return *w
			}
			return nil
		}})
	defer stop()
	return desktop.Run(ctx, desktop.Options{
		Title: "Airloom", Menu: menu, OnMenu: r.application().Choose, Handler: h, StartPath: "/?token=" + token, OpenExternal: browse, Instance: "airloom",
		OnReady: func(w desktop.Window) { open.Store(&w) },
		OnSecond: func([]string, string) {
			if w := open.Load(); w != nil {
				(*w).Raise()
			}
		},
		OnClose: func() bool {
			w := open.Load()
			if w == nil || !r.app.Jobs().Running() {
				return true
			}
			yes, err := (*w).Confirm("Work is under way", "Closing the window stops it.", "Close")
			return err != nil || yes
		},
		Log: func(format string, args ...any) { r.log().Info(fmt.Sprintf(format, args...)) },
	})
}

func (r *run) preopen(ctx context.Context, project string) error {
	if project == "" {
		r.application()
		return nil
	}
	_, err := r.reach(ctx, project)
	return err
}

// openapiCommand prints the description of the page's operations: the build makes the page's types of it.
func (r *run) openapiCommand() *cobra.Command {
	return &cobra.Command{Use: "openapi", Short: "Print the interface's operations as OpenAPI", Hidden: true, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := web.OpenAPI()
			if err == nil {
				_, err = r.Out.Write(text)
			}
			return err
		}}
}
