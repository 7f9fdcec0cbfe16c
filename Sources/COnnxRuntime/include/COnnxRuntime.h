#ifndef INFERD_ONNXRUNTIME_H
#define INFERD_ONNXRUNTIME_H

// The entries of ONNX Runtime's C API that inferd uses, declared by us because the library is shipped
// without headers.
//
// The API is a table of function pointers that only ever grows at its end: the place of an entry, once
// released, is fixed. Places and signatures are facts of onnxruntime_c_api.h; the groups of unused
// entries are named by the place of their first. `inferd_ort_open` asks for the version below, which is
// the oldest that is served, and which every later library hands out too.

#include <stddef.h>
#include <stdint.h>

enum { INFERD_ORT_API_VERSION = 16 };

struct OrtStatus;
struct OrtEnv;
struct OrtSession;
struct OrtSessionOptions;
struct OrtRunOptions;
struct OrtValue;
struct OrtMemoryInfo;
struct OrtAllocator;
struct OrtTypeInfo;
struct OrtTensorTypeAndShapeInfo;

// Codes of OrtStatus that are told apart.
enum {
    INFERD_ORT_INVALID_ARGUMENT = 2,
};

// ONNXTensorElementDataType.
enum {
    INFERD_ORT_FLOAT = 1,
    INFERD_ORT_INT32 = 6,
    INFERD_ORT_INT64 = 7,
    INFERD_ORT_STRING = 8,
    INFERD_ORT_BOOL = 9,
    INFERD_ORT_DOUBLE = 11,
};

enum {
    // ONNXType
    INFERD_ORT_TYPE_TENSOR = 1,
    // ExecutionMode
    INFERD_ORT_SEQUENTIAL = 0,
    // GraphOptimizationLevel
    INFERD_ORT_OPTIMIZE_ALL = 99,
    // OrtAllocatorType, OrtMemType
    INFERD_ORT_ARENA_ALLOCATOR = 1,
    INFERD_ORT_MEMORY_DEFAULT = 0,
    // OrtLoggingLevel
    INFERD_ORT_LOG_FATAL = 4,
};

typedef void (*inferd_ort_log_function)(void *context, int severity, const char *category, const char *id,
                                        const char *location, const char *message);

struct OrtApi {
    void *unused_0[1];
    int (*GetErrorCode)(const struct OrtStatus *status);
    const char *(*GetErrorMessage)(const struct OrtStatus *status);
    void *unused_3[1];
    struct OrtStatus *(*CreateEnvWithCustomLogger)(inferd_ort_log_function log, void *context, int severity, const char *name, struct OrtEnv **out);
    void *unused_5[1];
    struct OrtStatus *(*DisableTelemetryEvents)(const struct OrtEnv *env);
    void *unused_7[1];
    struct OrtStatus *(*CreateSessionFromArray)(const struct OrtEnv *env, const void *bytes, size_t count,
                                      const struct OrtSessionOptions *options, struct OrtSession **out);
    struct OrtStatus *(*Run)(struct OrtSession *session, const struct OrtRunOptions *options, const char *const *input_names,
                   const struct OrtValue *const *inputs, size_t input_count, const char *const *output_names,
                   size_t output_count, struct OrtValue **outputs);
    struct OrtStatus *(*CreateSessionOptions)(struct OrtSessionOptions **out);
    void *unused_11[2];
    struct OrtStatus *(*SetSessionExecutionMode)(struct OrtSessionOptions *options, int mode);
    void *unused_14[3];
    struct OrtStatus *(*DisableMemPattern)(struct OrtSessionOptions *options);
    void *unused_18[1];
    struct OrtStatus *(*DisableCpuMemArena)(struct OrtSessionOptions *options);
    void *unused_20[2];
    struct OrtStatus *(*SetSessionLogSeverityLevel)(struct OrtSessionOptions *options, int severity);
    struct OrtStatus *(*SetSessionGraphOptimizationLevel)(struct OrtSessionOptions *options, int level);
    struct OrtStatus *(*SetIntraOpNumThreads)(struct OrtSessionOptions *options, int count);
    struct OrtStatus *(*SetInterOpNumThreads)(struct OrtSessionOptions *options, int count);
    void *unused_26[4];
    struct OrtStatus *(*SessionGetInputCount)(const struct OrtSession *session, size_t *out);
    struct OrtStatus *(*SessionGetOutputCount)(const struct OrtSession *session, size_t *out);
    void *unused_32[1];
    struct OrtStatus *(*SessionGetInputTypeInfo)(const struct OrtSession *session, size_t index, struct OrtTypeInfo **out);
    struct OrtStatus *(*SessionGetOutputTypeInfo)(const struct OrtSession *session, size_t index, struct OrtTypeInfo **out);
    void *unused_35[1];
    struct OrtStatus *(*SessionGetInputName)(const struct OrtSession *session, size_t index, struct OrtAllocator *allocator, char **out);
    struct OrtStatus *(*SessionGetOutputName)(const struct OrtSession *session, size_t index, struct OrtAllocator *allocator, char **out);
    void *unused_38[1];
    struct OrtStatus *(*CreateRunOptions)(struct OrtRunOptions **out);
    void *unused_40[6];
    struct OrtStatus *(*RunOptionsSetTerminate)(struct OrtRunOptions *options);
    struct OrtStatus *(*RunOptionsUnsetTerminate)(struct OrtRunOptions *options);
    void *unused_48[1];
    struct OrtStatus *(*CreateTensorWithDataAsOrtValue)(const struct OrtMemoryInfo *memory, void *data, size_t byte_count,
                                              const int64_t *shape, size_t rank, int type, struct OrtValue **out);
    void *unused_50[1];
    struct OrtStatus *(*GetTensorMutableData)(struct OrtValue *value, void **out);
    void *unused_52[3];
    struct OrtStatus *(*CastTypeInfoToTensorInfo)(const struct OrtTypeInfo *type, const struct OrtTensorTypeAndShapeInfo **out);
    struct OrtStatus *(*GetOnnxTypeFromTypeInfo)(const struct OrtTypeInfo *type, int *out);
    void *unused_57[3];
    struct OrtStatus *(*GetTensorElementType)(const struct OrtTensorTypeAndShapeInfo *info, int *out);
    struct OrtStatus *(*GetDimensionsCount)(const struct OrtTensorTypeAndShapeInfo *info, size_t *out);
    struct OrtStatus *(*GetDimensions)(const struct OrtTensorTypeAndShapeInfo *info, int64_t *out, size_t count);
    void *unused_63[2];
    struct OrtStatus *(*GetTensorTypeAndShape)(const struct OrtValue *value, struct OrtTensorTypeAndShapeInfo **out);
    void *unused_66[3];
    struct OrtStatus *(*CreateCpuMemoryInfo)(int allocator_type, int memory_type, struct OrtMemoryInfo **out);
    void *unused_70[6];
    struct OrtStatus *(*AllocatorFree)(struct OrtAllocator *allocator, void *memory);
    void *unused_77[1];
    struct OrtStatus *(*GetAllocatorWithDefaultOptions)(struct OrtAllocator **out);
    void *unused_79[14];
    void (*ReleaseStatus)(struct OrtStatus *status);
    void *unused_94[1];
    void (*ReleaseSession)(struct OrtSession *session);
    void (*ReleaseValue)(struct OrtValue *value);
    void (*ReleaseRunOptions)(struct OrtRunOptions *options);
    void (*ReleaseTypeInfo)(struct OrtTypeInfo *type);
    void (*ReleaseTensorTypeAndShapeInfo)(struct OrtTensorTypeAndShapeInfo *info);
    void (*ReleaseSessionOptions)(struct OrtSessionOptions *options);
    void *unused_101[29];
    struct OrtStatus *(*AddSessionConfigEntry)(struct OrtSessionOptions *options, const char *key, const char *value);
};

struct inferd_ort_library {
    const struct OrtApi *api;
    // The library's own version, for example "1.32.0"; its memory.
    const char *version;
};

enum inferd_ort_open_result {
    INFERD_ORT_OPENED = 0,
    // No such file, or not a library; `inferd_ort_open_error` says what the loader said.
    INFERD_ORT_CANNOT_LOAD = 1,
    // A library, but not ONNX Runtime.
    INFERD_ORT_NOT_ONNXRUNTIME = 2,
    // An ONNX Runtime older than the API version above.
    INFERD_ORT_TOO_OLD = 3,
};

// Loads the library at `path`, or of that name where the system looks. It is never unloaded: its threads
// and static objects do not expect to be; one that is refused has started none.
enum inferd_ort_open_result inferd_ort_open(const char *path, struct inferd_ort_library *library);

// What the loader said of the calling thread's last failure; never NULL.
const char *inferd_ort_open_error(void);

// A log function that drops everything.
void inferd_ort_discard_log(void *context, int severity, const char *category, const char *id,
                            const char *location, const char *message);

#endif
