#include "COnnxRuntime.h"

#include <dlfcn.h>

struct OrtApiBase {
    const struct OrtApi *(*GetApi)(uint32_t version);
    const char *(*GetVersionString)(void);
};

typedef const struct OrtApiBase *(*get_api_base)(void);

static _Thread_local const char *last_error = "";

enum inferd_ort_open_result inferd_ort_open(const char *path, struct inferd_ort_library *library) {
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        const char *error = dlerror();
        last_error = error != NULL ? error : "";
        return INFERD_ORT_CANNOT_LOAD;
    }
    // POSIX lets a function's address pass through a data pointer; ISO C needs the detour.
    get_api_base entry = NULL;
    *(void **)&entry = dlsym(handle, "OrtGetApiBase");
    if (entry == NULL) {
        dlclose(handle);
        return INFERD_ORT_NOT_ONNXRUNTIME;
    }
    const struct OrtApiBase *base = entry();
    const struct OrtApi *api = base->GetApi(INFERD_ORT_API_VERSION);
    if (api == NULL) {
        dlclose(handle);
        return INFERD_ORT_TOO_OLD;
    }
    library->api = api;
    library->version = base->GetVersionString();
    return INFERD_ORT_OPENED;
}

const char *inferd_ort_open_error(void) {
    return last_error;
}

void inferd_ort_discard_log(void *context, int severity, const char *category, const char *id,
                            const char *location, const char *message) {
    (void)context;
    (void)severity;
    (void)category;
    (void)id;
    (void)location;
    (void)message;
}
