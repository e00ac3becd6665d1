// The guards around the web view, see guard_linux.c. start stays owned by the caller.
void airloom_guard(const char *start);
int airloom_mend_signals(void);
int airloom_confirm(const char *title, const char *text, const char *ok);
int airloom_can_open(void);
