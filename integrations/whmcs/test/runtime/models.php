<?php

declare(strict_types=1);

namespace WHMCS\Service {

    use Sluice\Whmcs\Test\Records;
    use WHMCS\Database\Capsule;

    /** Values that a module stores with a service or an addon: WHMCS's own columns, or custom fields. */
    final class Properties
    {
        private const COLUMNS = ['Username' => 'username', 'Password' => 'password', 'Domain' => 'domain'];

        /** @param 'product'|'addon' $type */
        public function __construct(private string $type, private int $id, private int $definition)
        {
        }

        /** @param array<string, string|array{type?: string, value: string}> $values */
        public function save(array $values): bool
        {
            foreach ($values as $name => $given) {
                $value = is_array($given) ? $given['value'] : $given;
                Records::$saved[$name] = $value;
                $column = self::COLUMNS[$name] ?? null;
                if ($column !== null && $this->type === 'product') {
                    Capsule::table('tblhosting')->where('id', $this->id)->update([$column => $column === 'password' ? encrypt($value) : $value]);
                    continue;
                }
                $key = ['fieldid' => $this->field($name) ?? $this->createField($name), 'relid' => $this->id];
                Capsule::table('tblcustomfieldsvalues')->updateOrInsert($key, ['value' => $value]);
            }
            return true;
        }

        public function get(string $name): string
        {
            $column = self::COLUMNS[$name] ?? null;
            if ($column !== null && $this->type === 'product') {
                $value = (string) Capsule::table('tblhosting')->where('id', $this->id)->value($column);
                return $column === 'password' ? decrypt($value) : $value;
            }
            $key = ['fieldid' => $this->field($name), 'relid' => $this->id];
            return (string) Capsule::table('tblcustomfieldsvalues')->where($key)->value('value');
        }

        private function field(string $name): ?int
        {
            $key = ['type' => $this->type, 'relid' => $this->definition, 'fieldname' => $name];
            $id = Capsule::table('tblcustomfields')->where($key)->value('id');
            return $id === null ? null : (int) $id;
        }

        private function createField(string $name): int
        {
            $field = ['type' => $this->type, 'relid' => $this->definition, 'fieldname' => $name];
            return Capsule::table('tblcustomfields')->insertGetId($field);
        }
    }

    /** A service, with the attributes that hooks and modules read. */
    final class Service
    {
        public Properties $serviceProperties;
        public object $product;
        public int $clientId;
        public int $userId;

        public function __construct(public int $id)
        {
            $row = Capsule::table('tblhosting')->where('id', $id)->first();
            $this->clientId = $this->userId = (int) ($row->userid ?? 0);
            $pid = (int) ($row->packageid ?? 0);
            $product = Capsule::table('tblproducts')->where('id', $pid)->first();
            $this->product = (object) ['id' => $pid, 'name' => $product->name ?? '', 'module' => $product->servertype ?? ''];
            $this->serviceProperties = new Properties('product', $id, $pid);
        }
    }

    /** A product addon of a service. */
    final class Addon
    {
        public Properties $serviceProperties;
        public int $serviceId;

        public function __construct(public int $id)
        {
            $row = Capsule::table('tblhostingaddons')->where('id', $id)->first();
            $this->serviceId = (int) ($row->hostingid ?? 0);
            $this->serviceProperties = new Properties('addon', $id, (int) ($row->addonid ?? 0));
        }
    }
}

namespace WHMCS\Authentication {

    /** Who is logged in. */
    final class CurrentUser
    {
        public function client(): ?object
        {
            $id = (int) ($_SESSION['uid'] ?? 0);
            return $id > 0 ? (object) ['id' => $id] : null;
        }

        public function isAuthenticatedAdmin(): bool
        {
            return isset($_SESSION['adminid']);
        }
    }
}

namespace WHMCS\View\Menu {

    /** An item of a menu, with those below it. */
    final class Item
    {
        /** @var array<string, Item> */
        private array $children = [];

        /** @param array<string, mixed> $attributes */
        public function __construct(public string $name, public array $attributes = [])
        {
        }

        /** @param array<string, mixed> $attributes */
        public function addChild(string|Item $name, array $attributes = []): Item
        {
            $child = $name instanceof Item ? $name : new Item($name, $attributes);
            return $this->children[$child->name] = $child;
        }

        public function getChild(string $name): ?Item
        {
            return $this->children[$name] ?? null;
        }

        /** @return array<string, mixed> */
        public function toArray(): array
        {
            $children = array_map(static fn (Item $item): array => $item->toArray(), $this->children);
            return ['name' => $this->name, ...$this->attributes, 'children' => (object) $children];
        }
    }
}
