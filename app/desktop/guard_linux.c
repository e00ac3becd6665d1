//go:build linux && desktop

// The guards that wails lacks around its web view (WebKitGTK 4.1): it shows our page and nothing else, reloads it when
// its process dies, opens no channel, and leaves Go's signal handling usable. Everything here but airloom_mend_signals
// runs on the GTK thread.
#include <gtk/gtk.h>
#include <signal.h>
#include <string.h>
#include <webkit2/webkit2.h>

#include "guard_linux.h"

extern void airloomRefused(char *uri, int clicked);
extern void airloomGuarded(int views);
extern void airloomConfirmed(int yes);

static char *start_uri;

// ours: the interface itself, whatever its query and fragment; not the other answers of our handler.
static gboolean ours(const char *uri) {
	static const char *pages[] = {"wails://wails/window", "wails://wails/"};
	for (unsigned i = 0; i < G_N_ELEMENTS(pages); i++) {
		size_t n = strlen(pages[i]);
		if (strncmp(uri, pages[i], n) == 0 && (uri[n] == '\0' || uri[n] == '?' || uri[n] == '#')) return TRUE;
	}
	return FALSE;
}

static gboolean on_decide(WebKitWebView *view, WebKitPolicyDecision *d, WebKitPolicyDecisionType type, gpointer u) {
	if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE) {
		// What cannot be shown would become a download.
		if (webkit_response_policy_decision_is_mime_type_supported(WEBKIT_RESPONSE_POLICY_DECISION(d))) return FALSE;
		webkit_policy_decision_ignore(d);
		return TRUE;
	}
	WebKitNavigationAction *a = webkit_navigation_policy_decision_get_navigation_action(WEBKIT_NAVIGATION_POLICY_DECISION(d));
	const char *uri = webkit_uri_request_get_uri(webkit_navigation_action_get_request(a));
	if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && ours(uri)) return FALSE;
	gboolean clicked = webkit_navigation_action_is_user_gesture(a) &&
		webkit_navigation_action_get_navigation_type(a) == WEBKIT_NAVIGATION_TYPE_LINK_CLICKED;
	webkit_policy_decision_ignore(d);
	airloomRefused((char *)uri, clicked);
	return TRUE;
}

static gboolean load_start(gpointer view) {
	webkit_web_view_load_uri(WEBKIT_WEB_VIEW(view), start_uri);
	g_object_unref(view);
	return G_SOURCE_REMOVE;
}

// The first death in a while is answered at once; a page that keeps dying gets a second between tries.
static void on_terminated(WebKitWebView *view, WebKitWebProcessTerminationReason reason, gpointer u) {
	static gint64 last;
	gint64 now = g_get_monotonic_time();
	guint wait = last != 0 && now - last < 2 * G_USEC_PER_SEC ? 1000 : 0;
	last = now;
	g_timeout_add(wait, load_start, g_object_ref(view));
}

static gboolean on_permission(WebKitWebView *view, WebKitPermissionRequest *r, gpointer u) {
	webkit_permission_request_deny(r);
	return TRUE;
}

static void on_download(WebKitWebContext *c, WebKitDownload *d, gpointer u) { webkit_download_cancel(d); }

static void protect(WebKitWebView *view) {
	g_signal_connect(view, "decide-policy", G_CALLBACK(on_decide), NULL);
	g_signal_connect(view, "web-process-terminated", G_CALLBACK(on_terminated), NULL);
	g_signal_connect(view, "permission-request", G_CALLBACK(on_permission), NULL);
	g_signal_connect(webkit_web_view_get_context(view), "download-started", G_CALLBACK(on_download), NULL);
	// wails' channel from the page into Go: window control, clipboard, "open this address". Nothing of ours uses it.
	webkit_user_content_manager_unregister_script_message_handler(webkit_web_view_get_user_content_manager(view), "external");
	WebKitSettings *s = webkit_web_view_get_settings(view);
	g_object_set(s, "enable-dns-prefetching", FALSE, "enable-media-stream", FALSE,
		"enable-page-cache", FALSE, "javascript-can-open-windows-automatically", FALSE,
		"allow-file-access-from-file-urls", FALSE, "allow-universal-access-from-file-urls", FALSE, NULL);
	g_object_ref(view);
	load_start(view);
}

static void walk(GtkWidget *w, int *views) {
	if (WEBKIT_IS_WEB_VIEW(w)) {
		protect(WEBKIT_WEB_VIEW(w));
		(*views)++;
	} else if (GTK_IS_CONTAINER(w)) {
		GList *l = gtk_container_get_children(GTK_CONTAINER(w));
		for (GList *i = l; i; i = i->next) walk(GTK_WIDGET(i->data), views);
		g_list_free(l);
	}
}

// JavaScriptCore installs its own handlers some time after the view starts; look for five seconds, then before each request.
static gboolean mend_for_a_while(gpointer left) {
	airloom_mend_signals();
	return GPOINTER_TO_INT(left) > 0 ? (g_timeout_add(50, mend_for_a_while, GINT_TO_POINTER(GPOINTER_TO_INT(left) - 1)), G_SOURCE_REMOVE) : G_SOURCE_REMOVE;
}

static gboolean install(gpointer u) {
	int views = 0;
	GList *l = gtk_window_list_toplevels();
	for (GList *i = l; i; i = i->next) walk(GTK_WIDGET(i->data), &views);
	g_list_free(l);
	mend_for_a_while(GINT_TO_POINTER(100));
	airloomGuarded(views);
	return G_SOURCE_REMOVE;
}

void airloom_guard(const char *start) {
	start_uri = g_strdup(start);
	g_idle_add(install, NULL);
}

// JavaScriptCore's handlers lack SA_ONSTACK, without which a nil dereference, even a recovered one, kills a Go program.
// Only the fault signals: JavaScriptCore suspends threads with SIGUSR1 and hangs when that runs on another stack.
int airloom_mend_signals(void) {
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU};
	int mended = 0;
	for (unsigned i = 0; i < G_N_ELEMENTS(signals); i++) {
		struct sigaction st;
		memset(&st, 0, sizeof st);
		if (sigaction(signals[i], NULL, &st) < 0 || st.sa_handler == SIG_DFL || st.sa_handler == SIG_IGN || (st.sa_flags & SA_ONSTACK)) continue;
		st.sa_flags |= SA_ONSTACK;
		if (sigaction(signals[i], &st, NULL) == 0) mended++;
	}
	return mended;
}

struct question {
	char *title, *text, *ok;
};

static gboolean ask(gpointer data) {
	struct question *q = data;
	GtkWindow *parent = NULL;
	GList *l = gtk_window_list_toplevels();
	for (GList *i = l; i; i = i->next)
		if (gtk_window_get_window_type(GTK_WINDOW(i->data)) == GTK_WINDOW_TOPLEVEL && gtk_widget_get_visible(GTK_WIDGET(i->data)) && !GTK_IS_DIALOG(i->data)) parent = GTK_WINDOW(i->data);
	g_list_free(l);
	// The text is data: it goes through %s, never as a format and never as markup.
	GtkWidget *d = gtk_message_dialog_new(parent, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, "%s", q->title);
	gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(d), "%s", q->text);
	gtk_window_set_title(GTK_WINDOW(d), q->title);
	gtk_dialog_add_button(GTK_DIALOG(d), "Cancel", GTK_RESPONSE_CANCEL);
	gtk_dialog_add_button(GTK_DIALOG(d), q->ok, GTK_RESPONSE_ACCEPT);
	gtk_dialog_set_default_response(GTK_DIALOG(d), GTK_RESPONSE_CANCEL);
	int yes = gtk_dialog_run(GTK_DIALOG(d)) == GTK_RESPONSE_ACCEPT;
	gtk_widget_destroy(d);
	g_free(q->title);
	g_free(q->text);
	g_free(q->ok);
	g_free(q);
	airloomConfirmed(yes);
	return G_SOURCE_REMOVE;
}

int airloom_confirm(const char *title, const char *text, const char *ok) {
	struct question *q = g_new0(struct question, 1);
	q->title = g_strdup(title);
	q->text = g_strdup(text);
	q->ok = g_strdup(ok);
	return g_idle_add(ask, q) > 0;
}

// The same choice of backend as wails makes before it initialises GTK.
int airloom_can_open(void) {
	const char *session = g_getenv("XDG_SESSION_TYPE");
	if (!g_getenv("GDK_BACKEND") && (!session || !*session || !strcmp(session, "unspecified") || !strcmp(session, "x11") || !strcmp(session, "tty"))) g_setenv("GDK_BACKEND", g_getenv("DISPLAY") ? "x11" : "wayland", FALSE);
	return gtk_init_check(NULL, NULL);
}
