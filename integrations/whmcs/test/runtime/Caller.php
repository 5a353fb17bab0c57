<?php

declare(strict_types=1);

namespace Sluice\Whmcs\Test;

use Smarty;
use WHMCS\Database\Capsule;
use WHMCS\Service\Addon;
use WHMCS\Service\Service;

/**
 * Calls functions and hooks. A result has `returned`, `output` (what was printed), `html` (the rendered template), `thrown` (the
 * message of an exception), `milliseconds`, `moduleLog`, `activity`, `saved` (service properties),
 * and `session` (what the session has now).
 */
final class Caller
{
    public function __construct(private string $root, private string $compile)
    {
        define('ROOTDIR', $root);
        foreach (glob("$root/modules/*/*/hooks.php") ?: [] as $file) {
            require_once $file;
        }
        foreach (glob("$root/includes/hooks/[!_]*.php") ?: [] as $file) {
            require_once $file;
        }
    }

    /**
     * @param array<string, mixed> $call
     * @return array<string, mixed>
     */
    public function call(array $call): array
    {
        $_GET = $call['get'] ?? [];
        $_POST = $call['post'] ?? [];
        $_REQUEST = [...$_GET, ...$_POST];
        $_SESSION = $call['session'] ?? (isset($call['isSameSession']) ? $_SESSION : []);
        $_SERVER['REQUEST_METHOD'] = $_POST === [] ? 'GET' : 'POST';
        foreach ($call['server'] ?? [] as $name => $value) {
            $_SERVER[$name] = $value;
        }
        $thrown = $html = $returned = null;
        $before = hrtime(true);
        ob_start();
        try {
            $returned = isset($call['hook']) ? $this->hook($call) : $this->moduleFunction($call);
            if (isset($call['storedAfter']) && $returned === 'success') {
                $password = ['password' => encrypt((string) $call['storedAfter'])];
                Capsule::table('tblhosting')->where('id', $call['params']['serviceid'])->update($password);
            }
            $html = isset($call['module']) ? $this->render($call, $returned) : null;
        } catch (\Throwable $error) {
            $thrown = sprintf('%s: %s (%s:%d)', $error::class, $error->getMessage(), $error->getFile(), $error->getLine());
        }
        $output = ob_get_clean();
        $milliseconds = intdiv(hrtime(true) - $before, 1_000_000);
        $session = (object) $_SESSION;
        return compact('returned', 'output', 'html', 'thrown', 'milliseconds', 'session') + Records::take();
    }

    /** @param array<string, mixed> $call */
    private function moduleFunction(array $call): mixed
    {
        $name = basename($call['module']);
        require_once "{$this->root}/modules/{$call['module']}/$name.php";
        $function = "{$name}_{$call['call']}";
        if (!function_exists($function)) {
            throw new \RuntimeException("There is no function $function");
        }
        // A missing function and one that WHMCS calls without parameters are not the same.
        return array_key_exists('params', $call) ? $function(self::params($call)) : $function();
    }

    /**
     * @param array<string, mixed> $call
     * @return array<string, mixed>
     */
    private static function params(array $call): array
    {
        $params = $call['params'];
        if (!str_starts_with($call['module'], 'servers/') || !isset($params['serviceid'])) {
            return $params;
        }
        $addon = (int) ($params['addonId'] ?? 0);
        return [...$params, 'model' => $addon > 0 ? new Addon($addon) : new Service((int) $params['serviceid'])];
    }

    /**
     * @param array<string, mixed> $call
     * @return list<mixed>
     */
    private function hook(array $call): array
    {
        $functions = Records::$hooks[$call['hook']] ?? [];
        usort($functions, static fn (array $a, array $b): int => $a['priority'] <=> $b['priority']);
        if (isset($call['menu'])) {
            return [$this->menuHook($functions, $call['menu'])];
        }
        $vars = array_map(
            static fn (mixed $value): mixed => is_array($value) && isset($value['$service'])
                ? new Service((int) $value['$service'])
                : $value,
            $call['vars'] ?? [],
        );
        return array_map(static fn (array $one): mixed => ($one['function'])($vars), $functions);
    }

    /**
     * @param list<array{priority: int, function: callable|string}> $functions
     * @param list<string> $children
     * @return array<string, mixed>
     */
    private function menuHook(array $functions, array $children): array
    {
        $menu = new \WHMCS\View\Menu\Item('root');
        foreach ($children as $child) {
            $menu->addChild($child);
        }
        foreach ($functions as ['function' => $function]) {
            $function($menu);
        }
        return $menu->toArray();
    }

    /**
     * Renders the template that a function names, as WHMCS does: nothing is escaped by itself.
     *
     * @param array<string, mixed> $call
     */
    private function render(array $call, mixed $returned): ?string
    {
        $template = is_array($returned) ? ($returned['templatefile'] ?? $returned['tabOverviewReplacementTemplate'] ?? null) : null;
        if (!is_string($template)) {
            return null;
        }
        $file = "{$this->root}/modules/{$call['module']}/" . preg_replace('/\.tpl$/', '', $template) . '.tpl';
        $smarty = new Smarty();
        $smarty->setCompileDir($this->compile);
        $smarty->assign(['WEB_ROOT' => '/whmcs', ...($call['params'] ?? [])]);
        $smarty->assign($returned['vars'] ?? $returned['templateVariables'] ?? []);
        return $smarty->fetch($file);
    }
}
