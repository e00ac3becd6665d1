//go:build linux && desktop && automation

package desktop

/*
#cgo pkg-config: gtk+-3.0 webkit2gtk-4.1
#include <gtk/gtk.h>
#include <webkit2/webkit2.h>

// Test builds only (-tags automation): WebKitWebDriver drives the real window. wails makes its web view by this one
// call; the linker takes the definition here before the shared library's, so the view is made under a driver's control
// without a fork of wails.
static GtkWidget *view;

static WebKitWebView *on_create(WebKitAutomationSession *s, gpointer u) { return WEBKIT_WEB_VIEW(view); }

static void on_started(WebKitWebContext *c, WebKitAutomationSession *s, gpointer u) {
	WebKitApplicationInfo *i = webkit_application_info_new();
	webkit_application_info_set_name(i, "airloom");
	webkit_application_info_set_version(i, 1, 0, 0);
	webkit_automation_session_set_application_info(s, i);
	webkit_application_info_unref(i);
	g_signal_connect(s, "create-web-view", G_CALLBACK(on_create), NULL);
}

GtkWidget *webkit_web_view_new_with_user_content_manager(WebKitUserContentManager *m) {
	WebKitWebContext *c = webkit_web_context_get_default();
	webkit_web_context_set_automation_allowed(c, TRUE);
	g_signal_connect(c, "automation-started", G_CALLBACK(on_started), NULL);
	view = g_object_new(WEBKIT_TYPE_WEB_VIEW, "user-content-manager", m, "web-context", c,
		"is-controlled-by-automation", TRUE, NULL);
	return view;
}
*/
import "C"
