#include "CGoogleDecoder.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

namespace pb = google::protobuf;

namespace {

[[noreturn]] void give_up(const std::string &message)
{
    std::fprintf(stderr, "the reference decoder: %s\n", message.c_str());
    std::abort();
}

// What protoc makes of `envelope.proto` and all that it imports, imports first.
pb::FileDescriptorSet compile(const std::string &directory)
{
    if (directory.find('\'') != std::string::npos) {
        give_up("a quote in " + directory);
    }
    const std::string command = "protoc --proto_path='" + directory +
                                "' --include_imports --descriptor_set_out=/dev/stdout inferd/v1/envelope.proto";
    std::FILE *const output = popen(command.c_str(), "r");
    if (!output) {
        give_up("cannot run protoc");
    }
    std::string bytes;
    char piece[4096];
    while (const size_t length = std::fread(piece, 1, sizeof piece, output)) {
        bytes.append(piece, length);
    }
    pb::FileDescriptorSet files;
    if (pclose(output) != 0 || bytes.empty() || !files.ParseFromString(bytes)) {
        give_up("protoc cannot compile inferd/v1/envelope.proto below " + directory);
    }
    return files;
}

// Both schemas, made once and never freed: messages may be decoded until the process ends.
class Schemas {
public:
    explicit Schemas(const char *directory)
    {
        const pb::FileDescriptorSet files = compile(directory);
        for (pb::FileDescriptorProto file : files.file()) {
            build(whole_pool_, file);
            make_bodies_bytes(file);
            build(altered_pool_, file);
        }
    }

    const pb::Message &prototype(google_schema schema, const char *type)
    {
        const std::string name = std::string("inferd.v1.") + type;
        const bool is_whole = schema == GOOGLE_SCHEMA_WHOLE;
        const pb::DescriptorPool *pool = is_whole ? &whole_pool_ : &altered_pool_;
        const pb::Descriptor *descriptor = pool->FindMessageTypeByName(name);
        if (!descriptor) {
            give_up("there is no message " + name);
        }
        return *(is_whole ? whole_ : altered_).GetPrototype(descriptor);
    }

private:
    static void build(pb::DescriptorPool &pool, const pb::FileDescriptorProto &file)
    {
        if (!pool.BuildFile(file)) {
            give_up("cannot build " + file.name());
        }
    }

    static void make_bodies_bytes(pb::FileDescriptorProto &file)
    {
        for (pb::DescriptorProto &message : *file.mutable_message_type()) {
            if (message.name() != "Request") {
                continue;
            }
            for (pb::FieldDescriptorProto &field : *message.mutable_field()) {
                if (field.has_oneof_index()) {
                    field.set_type(pb::FieldDescriptorProto::TYPE_BYTES);
                    field.clear_type_name();
                }
            }
        }
    }

    pb::DescriptorPool whole_pool_;
    pb::DescriptorPool altered_pool_;
    pb::DynamicMessageFactory whole_;
    pb::DynamicMessageFactory altered_;
};

// `directory` counts at the first call only.
Schemas &schemas(const char *directory)
{
    static Schemas *const made = [&] {
        if (!directory) {
            give_up("it is used before it is opened");
        }
        // What it refuses is the caller's to judge; a line for each would bury the rest.
        pb::SetLogHandler(nullptr);
        return new Schemas(directory);
    }();
    return *made;
}

} // namespace

void google_decoder_open(const char *directory)
{
    schemas(directory);
}

bool google_decode(google_schema schema, const char *type, const void *bytes, size_t count,
                   const void **canonical, size_t *canonical_count)
{
    static thread_local std::string written;
    const std::unique_ptr<pb::Message> message(schemas(nullptr).prototype(schema, type).New());
    if (!message->ParseFromArray(bytes, static_cast<int>(count))) {
        return false;
    }
    message->DiscardUnknownFields();
    written.clear();
    if (!message->SerializeToString(&written)) {
        give_up(std::string("cannot write the ") + type + " it has read");
    }
    *canonical = written.data();
    *canonical_count = written.size();
    return true;
}
