// SPDX-License-Identifier: Apache-2.0
// Children and attributes as bytes of a packet, and back.
#pragma once

#include "packet.hpp"
#include "teranga/h5/file.hpp"

namespace teranga::h5 {

void put_child(Packet& to, const Child& child);
Child get_child(PacketReader& from);

void put_attribute(Packet& to, const Attribute& value);
Attribute get_attribute(PacketReader& from);

}  // namespace teranga::h5
